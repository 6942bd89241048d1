"""
Dumps in forms that no program here writes, from what others wrote: the memory of a virtual machine (QEMU's pmemsave and
migration), and a core of a process. Layouts are those of the formats' own sources, named at each; nothing here knows
dumpsieve's code. usage: forms.py RAW MIGRATION CORE OUT
"""
import pathlib
import struct
import sys

PAGE = 4096


def libvirt_save(migration, out):
    """libvirt, src/qemu/qemu_saveimage.h, struct _virQEMUSaveHeader; then the domain's XML and QEMU's stream."""
    xml = b"<domain type='qemu'>\n  <name>guest</name>\n</domain>\0"
    with open(out, "wb") as file:
        file.write(b"LibvirtQemudSave" + struct.pack("<5I56x", 2, len(xml), 1, 0, 0) + xml)
        with open(migration, "rb") as stream:
            while piece := stream.read(1 << 20):
                file.write(piece)


def vmware_state(memory, out):
    """crash, vmware_vmss.h: header, groups of 80 bytes, tags; the memory is a block of its own group, in one region."""
    def tag(name, indices, value):
        return struct.pack("<BB", len(indices) << 6 | 4, len(name)) + name + struct.pack(f"<{len(indices)}I", *indices) + struct.pack("<I", value)
    region = (tag(b"regionsCount", [], 1) + tag(b"regionPPN", [0], 0) + tag(b"regionPageNum", [0], 0)
              + tag(b"regionSize", [0], len(memory) // PAGE))
    name = b"Memory"
    block = struct.pack("<BB", 2 << 6 | 0x3F, len(name)) + name + struct.pack("<2IQQH", 0, 0, len(memory), len(memory), 0)
    size = len(region) + len(block) + len(memory) + 2
    head = struct.pack("<III", 0xBED2BED2, 8, 1) + b"memory".ljust(64, b"\0") + struct.pack("<QQ", 12 + 80, size)
    with open(out, "wb") as file:
        file.write(head + region + block)
        file.write(memory)
        file.write(bytes(2))


def windows_kernel(memory, out):
    """
    DUMP_HEADER64 as WinDbg and volatility3's crash64.json have it: physical memory descriptor at 0x88, kind at 0xf98, memory
    at 0x2000. The memory is a Linux guest's: a form without a system behind it, which debuggers would refuse.
    """
    pages = len(memory) // PAGE
    head = bytearray(b"PAGE" * (0x2000 // 4))
    def put(at, form, *values):
        struct.pack_into(form, head, at, *values)
    put(0, "<8sIIQ", b"PAGEDU64", 15, 19045, 0x1AD000)
    put(0x30, "<II", 0x8664, 1)
    # One run: pages, base page, pages. The page of devices below 1 MiB is memory of QEMU's, too.
    put(0x88, "<IIQQQ", 1, 0, pages, 0, pages)
    put(0xF98, "<IIQ", 1, 0, 0x2000 + len(memory))
    with open(out, "wb") as file:
        file.write(head)
        file.write(memory)


def mach_o(core, out):
    """Apple, mach-o/loader.h: the segments that an ELF core holds, at the same addresses."""
    data = pathlib.Path(core).read_bytes()
    table, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    segments = []
    for at in range(table, table + size * count, size):
        kind, rights, offset, address, _, length, memory = struct.unpack_from("<IIQQQQQ", data, at)
        if kind == 1:
            # ELF counts x, w, r; Mach r, w, x.
            segments.append((address, memory, offset, length, rights >> 2 & 1 | rights & 2 | (rights & 1) << 2))
    commands = 72 * len(segments)
    first = -(-(32 + commands) // PAGE) * PAGE
    place, head, body = first, b"", []
    for address, memory, offset, length, rights in segments:
        head += struct.pack("<II16sQQQQiiII", 0x19, 72, b"", address, memory, place, length, 7, rights, 0, 0)
        body.append(data[offset:offset + length])
        place += length
    with open(out, "wb") as file:
        file.write(struct.pack("<8I", 0xFEEDFACF, 0x01000007, 3, 4, len(segments), commands, 0, 0) + head)
        file.write(bytes(first - file.tell()))
        for part in body:
            file.write(part)


raw, migration, core, out = sys.argv[1:]
memory = pathlib.Path(raw).read_bytes()
vmware_state(memory, f"{out}/rsa2048.vmss")
windows_kernel(memory, f"{out}/rsa2048.kernel.dmp")
libvirt_save(migration, f"{out}/rsa2048.save")
mach_o(core, f"{out}/nginx-rsa2048.macho")
