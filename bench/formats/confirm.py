"""
Whether another program sees the key's own bytes where a report says they are. Reads one JSON question from standard input:
{how, file, key, locations: [{part, offset, address?, physical?, object?}], raw?, log?, registers?}; prints the answer:
{ok, by, place, note?}. What the bytes are comes from the key file, by cryptography; nothing here knows dumpsieve's code.
"""
import json
import pathlib
import re
import struct
import subprocess
import sys

from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import rsa


def expected(key, part):
    """The byte strings that a part may be; p and q have no order."""
    text = pathlib.Path(key).read_bytes()
    loaded = form.load_pem_private_key(text, None)
    own = loaded.private_numbers()
    none, der = form.NoEncryption(), form.Encoding.DER
    encoded = {
        "PKCS#1 DER": [loaded.private_bytes(der, form.PrivateFormat.TraditionalOpenSSL, none)],
        "SEC1 DER": [loaded.private_bytes(der, form.PrivateFormat.TraditionalOpenSSL, none)],
        "PKCS#8 DER": [loaded.private_bytes(der, form.PrivateFormat.PKCS8, none)],
        "PEM PKCS#8": [text.strip(), text.strip().replace(b"\n", b"\\n")],
    }
    if part in encoded:
        return encoded[part]
    name = part.split(",")[0].split(" ", 1)[1]
    if isinstance(loaded, rsa.RSAPrivateKey):
        numbers = {"p": [own.p, own.q], "q": [own.p, own.q], "dp": [own.dmp1, own.dmq1], "dq": [own.dmp1, own.dmq1],
                   "d": [own.d], "qInv": [own.iqmp, pow(own.p, -1, own.q)]}.get(name, [])
    else:
        numbers = {"scalar": [own.private_value]}.get(name, [])
    order = "little" if "little-endian" in part else "big"
    return [n.to_bytes((n.bit_length() + 7) // 8, order) for n in numbers]


def gdb(file, address, size):
    run = subprocess.run(["gdb", "-q", "-batch", "-nx", "-iex", "set auto-load off", "-c", file, "-ex", f"x/{size}xb {address:#x}"],
                         capture_output=True, text=True)
    return bytes(int(byte, 16) for line in run.stdout.splitlines() if line.startswith("0x")
                 for byte in re.findall(r"\s0x([0-9a-f]{2})\b", line.split(":", 1)[1]))


def minidump(file, address, size):
    from minidump.constants import MINIDUMP_STREAM_TYPE
    from minidump.minidumpfile import MinidumpFile
    # Wine has streams of its own.
    MINIDUMP_STREAM_TYPE._missing_ = classmethod(lambda kind, value: kind.UnusedStream)
    return MinidumpFile.parse(file).get_reader().read(address, size)


def volatility(kind, file, address, size):
    from volatility3.framework import contexts
    from volatility3.framework.layers import elf, lime, physical, qemu
    context = contexts.Context()
    context.config["base.location"] = pathlib.Path(file).resolve().as_uri()
    context.add_layer(physical.FileLayer(context, "base", "base"))
    context.config["top.base_layer"] = "base"
    layer = {"lime": lime.LimeLayer, "elf": elf.Elf64Layer, "qemu": qemu.QemuSuspendLayer}[kind](context, "top", "top")
    context.add_layer(layer)
    return layer.read(address, size)


def kdump(file, address, size):
    """libkdumpfile, whose module is the system's Python's."""
    code = ("import sys, kdumpfile; f = kdumpfile.kdumpfile(file=sys.argv[1]); "
            "print(bytes(f.read(kdumpfile.KDUMP_MACHPHYSADDR, int(sys.argv[2]), int(sys.argv[3]))).hex())")
    run = subprocess.run(["/usr/bin/python3", "-c", code, file, str(address), str(size)], capture_output=True, text=True)
    return bytes.fromhex(run.stdout.strip())


def at(file, offset, size):
    with open(file, "rb") as data:
        data.seek(offset)
        return data.read(size)


def go_heap(file, address, size):
    """runtime/heapdump.go: objects are tag 1, address, kind of pointers, contents, pointers; found by their bytes' own length."""
    data = pathlib.Path(file).read_bytes()

    def varint(i):
        value = shift = 0
        while True:
            value |= (data[i] & 0x7F) << shift
            shift += 7
            i += 1
            if data[i - 1] < 0x80:
                return value, i

    # Objects that begin up to 64 KiB before the address, wherever their record begins: tag, address, length.
    for start in range(address, max(0, address - 65536), -8):
        needle, rest = bytearray(b"\x01"), start
        while rest >= 0x80:
            needle.append(rest & 0x7F | 0x80)
            rest >>= 7
        needle.append(rest)
        i = data.find(needle)
        if i >= 0:
            length, contents = varint(i + len(needle))
            if start + length >= address + size:
                return data[contents + address - start:contents + address - start + size]
    return b""


def walk(raw, registers, log, address):
    """
    Page tables (Intel SDM 3A, 4.5.4) of a process, over the memory that QEMU saved. Its top table is one of those that
    share the kernel's half with CR3's; of them, the one that leads to where the guest's own pagemap has the page.
    """
    memory = pathlib.Path(raw).read_bytes()
    cr3 = int(re.search(r"CR3=([0-9a-f]+)", pathlib.Path(registers).read_text())[1], 16) & ~0xFFF
    entry = lambda table, index: struct.unpack_from("<Q", memory, table + 8 * index)[0] if table + 4096 <= len(memory) else 0
    half = memory[cr3 + 2048:cr3 + 4096]
    told = re.search(r"^PAGEMAP ([0-9a-f]+)-([0-9a-f]+)\n((?:[0-9a-f]{16}\n)*)", pathlib.Path(log).read_text(), re.M)
    first = int(told[1], 16)
    own = bytes.fromhex(told[3].split()[(address - first) >> 12]) if first <= address < int(told[2], 16) else None
    frame = int.from_bytes(own, "little") & (1 << 55) - 1 if own else None
    found, tables = set(), 0
    for top in range(0, len(memory) - 4095, 4096):
        if memory[top + 2048:top + 4096] != half:
            continue
        tables += 1
        table, shift = top, 39
        while True:
            value = entry(table, address >> shift & 511)
            if not value & 1:
                break
            table = value & 0x000FFFFFFFFFF000
            if shift == 12 or (shift < 39 and value & 0x80):
                mask = (1 << shift) - 1
                found.add((top, (table & ~mask) | address & mask))
                break
            shift -= 9
    return found, tables, frame


def answer(question):
    how, file = question["how"], question["file"]
    for location in question["locations"]:
        wanted = [value for value in expected(question["key"], location["part"]) if value]
        if not wanted:
            continue
        size, offset = max(map(len, wanted)), location.get("offset")
        address, physical = (int(location[name], 16) if name in location else None for name in ("address", "physical"))
        by, place, note = how, None, {}
        # In the raw image offsets are physical addresses.
        if file == question.get("raw"):
            physical = offset
        if how in ("gdb", "minidump", "go-heap") and address is not None:
            by, read = {"gdb": ("gdb x", gdb), "minidump": ("python's minidump", minidump), "go-heap": ("a walk in python", go_heap)}[how]
            got, place = read(file, address, size), hex(address)
        elif how in ("lime", "elf", "qemu", "kdump", "raw") and physical is not None:
            place = hex(physical)
            if how == "raw":
                by, got = "qemu pmemsave", at(question["raw"], physical, size)
            elif how == "kdump":
                by, got = "libkdumpfile", kdump(file, physical, size)
            else:
                by, got = "volatility3", volatility(how, file, physical, size)
        elif how == "offset":
            by, got, place = "python at the offset", at(file, offset, size), hex(offset)
        else:
            continue
        # Programs write DER with and without the public key: the scalar must be in it.
        if location["part"].endswith(" DER") and how == "offset":
            own = form.load_pem_private_key(pathlib.Path(question["key"]).read_bytes(), None).private_numbers()
            if not isinstance(own, rsa.RSAPrivateNumbers):
                inner = at(file, offset, location["length"])
                wanted.append(got if own.private_value.to_bytes(32, "big") in inner else b"?")
        if not any(got[:len(value)] == value for value in wanted):
            return {"ok": False, "by": by, "place": place}
        if address is not None and "registers" in question:
            found, tables, frame = walk(question["raw"], question["registers"], question["log"], address)
            tops = [top for top, there in found if there == physical]
            agreed = bool(tops) and (frame is None or frame == physical >> 12)
            words = "and the guest's own pagemap" if frame is not None else "(not in the pagemap's heap)"
            note = {"note": f"{address:#x} leads to {physical:#x} by page tables {words}: {'yes' if agreed else 'NO'}"}
            return {"ok": agreed, "by": by, "place": place, **note}
        return {"ok": True, "by": by, "place": place, **note}
    return {"ok": False, "by": how, "place": "none that it could look at"}


print(json.dumps(answer(json.load(sys.stdin))))
