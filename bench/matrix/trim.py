"""
Leaves out a core's segments that are zeros only, as the kernel's own dumps leave out memory never touched (gdb writes
such reservations in full: gigabytes for a JVM). Segment headers stay, with no bytes in the file. usage: trim.py CORE
"""
import mmap
import os
import struct
import sys

PT_LOAD, PHENTSIZE, STEP = 1, 56, 1 << 20
path = sys.argv[1]
with open(path, "rb") as source, open(path + ".new", "wb") as target:
    core = mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ)
    assert core[:6] == b"\x7fELF\x02\x01", "not a 64-bit little-endian ELF"
    (phoff,), (phnum,) = struct.unpack_from("<Q", core, 32), struct.unpack_from("<H", core, 56)
    header = bytearray(core[:64])
    struct.pack_into("<Q", header, 32, 64)  # program headers right after
    struct.pack_into("<Q", header, 40, 0)   # no sections
    struct.pack_into("<HH", header, 60, 0, 0)
    at = -(-(64 + PHENTSIZE * phnum) // 4096) * 4096
    heads = b""
    for i in range(phnum):
        kind, flags, offset, vaddr, paddr, filesz, memsz, align = struct.unpack_from("<IIQQQQQQ", core, phoff + PHENTSIZE * i)
        starts = range(offset, offset + filesz, STEP)
        blocks = lambda: (core[s:min(s + STEP, offset + filesz)] for s in starts)
        if kind == PT_LOAD and not any(block.count(0) != len(block) for block in blocks()):
            filesz = 0
        else:
            target.seek(at)
            for block in blocks():
                target.write(block)
        heads += struct.pack("<IIQQQQQQ", kind, flags, at, vaddr, paddr, filesz, memsz, align)
        at += -(-filesz // 4096) * 4096
    target.truncate(at)
    target.seek(0)
    target.write(header + heads)
os.replace(path + ".new", path)
