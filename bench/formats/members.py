"""A zip of many small members, the last of which is a key. usage: members.py COUNT KEY.pem OUT"""
import sys
import zipfile

count, key, out = int(sys.argv[1]), open(sys.argv[2]).read(), sys.argv[3]
with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
    for i in range(count - 1):
        archive.writestr(f"logs/{i:07}.txt", f"entry {i} of a log\n")
    archive.writestr("key.pem", key)
