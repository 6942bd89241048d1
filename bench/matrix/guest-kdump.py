"""
A kdump file (not flattened, pages by zlib or as they are) again with another compression, every page described anew.
usage: guest-kdump.py KDUMP snappy|lzo|zstd OUT   Needs libsnappy1v5, liblzo2-2 or libzstd1.
For tests of readers: QEMU and makedumpfile of Debian are built without some of these.
"""
import ctypes
import struct
import sys
import zlib

FLAGS = {"lzo": 2, "snappy": 4, "zstd": 0x20}


def compressor(name):
    buffer, length = ctypes.create_string_buffer(8192), ctypes.c_size_t(8192)
    if name == "lzo":
        library = ctypes.CDLL("liblzo2.so.2")
        work = ctypes.create_string_buffer(1 << 18)

        def compress(page):
            length.value = 8192
            assert library.lzo1x_1_compress(page, ctypes.c_size_t(len(page)), buffer, ctypes.byref(length), work) == 0
            return buffer.raw[:length.value]
    elif name == "snappy":
        library = ctypes.CDLL("libsnappy.so.1")

        def compress(page):
            length.value = 8192
            assert library.snappy_compress(page, ctypes.c_size_t(len(page)), buffer, ctypes.byref(length)) == 0
            return buffer.raw[:length.value]
    else:
        library = ctypes.CDLL("libzstd.so.1")
        library.ZSTD_compress.restype = ctypes.c_size_t

        def compress(page):
            got = library.ZSTD_compress(buffer, ctypes.c_size_t(8192), page, ctypes.c_size_t(len(page)), 1)
            assert got <= 8192
            return buffer.raw[:got]
    return compress


source, name, target = sys.argv[1:]
data = open(source, "rb").read()
assert data[:8] == b"KDUMP   "
status, block, sub, bitmaps, _ = struct.unpack_from("<IiiII", data, 424)
half = bitmaps // 2 * block
begin = (1 + sub) * block
count = sum(byte.bit_count() for byte in data[begin + half:begin + 2 * half])
table = begin + bitmaps * block
head = bytearray(data[:table])
struct.pack_into("<I", head, 424, status & ~0x27 | FLAGS[name])
compress, seen, descriptors, pages = compressor(name), {}, b"", []
end = table + 24 * count
for i in range(count):
    offset, size, flags, more = struct.unpack_from("<QIIQ", data, table + 24 * i)
    if offset not in seen:
        page = data[offset:offset + size]
        page = zlib.decompress(page) if flags & 1 else page
        assert len(page) == block
        packed = compress(page)
        packed, kind = (packed, FLAGS[name]) if len(packed) < block else (page, 0)
        seen[offset] = (end, len(packed), kind)
        pages.append(packed)
        end += len(packed)
    descriptors += struct.pack("<QIIQ", *seen[offset], more)
with open(target, "wb") as out:
    out.write(head + descriptors)
    for packed in pages:
        out.write(packed)
print(f"{count} pages, {len(seen)} stored")
