"""A LiME file from raw physical memory and the guest's /proc/iomem. usage: guest-lime.py RAW LOG OUT"""
import re
import struct
import sys

raw = open(sys.argv[1], "rb").read()
log = open(sys.argv[2], encoding="latin1").read()
with open(sys.argv[3], "wb") as out:
    # Top-level ranges only; both ends are inclusive, in iomem as in LiME.
    for start, end in re.findall(r"^([0-9a-f]{8,16})-([0-9a-f]{8,16}) : System RAM\s*$", log, re.M):
        first, last = int(start, 16), int(end, 16)
        assert last < len(raw), "memory above the raw image"
        out.write(struct.pack("<IIQQQ", 0x4C694D45, 1, first, last, 0) + raw[first:last + 1])
