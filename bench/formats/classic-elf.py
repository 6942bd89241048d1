"""
QEMU's ELF as kexec writes it: program headers right behind the ELF header, no sections. makedumpfile takes no other.
usage: classic-elf.py IN OUT
"""
import struct
import sys

data = open(sys.argv[1], "rb").read()
(phoff,), (size, count) = struct.unpack_from("<Q", data, 32), struct.unpack_from("<HH", data, 54)
heads = [list(struct.unpack_from("<IIQQQQQQ", data, phoff + i * size)) for i in range(count)]
start = 64 + count * 56
end = (start + 4095) // 4096 * 4096
header = bytearray(data[:64])
struct.pack_into("<QQ", header, 32, 64, 0)
struct.pack_into("<HHH", header, 58, 0, 0, 0)
out, at = [], end
for head in heads:
    kind, flags, offset, vaddr, paddr, filesz, memsz, align = head
    out.append((struct.pack("<IIQQQQQQ", kind, flags, at, vaddr, paddr, filesz, memsz, align), data[offset:offset + filesz]))
    at += filesz
with open(sys.argv[2], "wb") as file:
    file.write(bytes(header) + b"".join(head for head, _ in out))
    file.write(bytes(end - file.tell()))
    for _, body in out:
        file.write(body)
