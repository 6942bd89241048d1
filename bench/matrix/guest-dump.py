"""
Stops a QEMU machine and writes its physical memory in several formats, all of the same state.
usage: guest-dump.py QMP-SOCKET BYTES RAW DIR NAME   writes RAW; DIR/NAME.elf, .kdump-zlib, …, and qemu-paging-KEY.elf of qemu-KEY; DIR/NAME.registers
Formats that this QEMU cannot write are told and left out.
"""
import json
import os
import socket
import sys

path, size, raw, folder, name = sys.argv[1:]
qmp = socket.socket(socket.AF_UNIX)
qmp.connect(path)
stream = qmp.makefile("rw")


def call(command, **arguments):
    stream.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
    stream.flush()
    while True:  # events in between
        answer = json.loads(stream.readline())
        if "return" in answer or "error" in answer:
            return answer


json.loads(stream.readline())
call("qmp_capabilities")
call("stop")
with open(os.path.join(folder, f"{name}.registers"), "w") as file:
    file.write(call("human-monitor-command", **{"command-line": "info registers"})["return"])
print("raw", call("pmemsave", val=0, size=int(size), filename=raw).get("error", "ok"))
base = os.path.join(folder, name)
dumps = [("elf", False, f"{base}.elf"), ("elf", True, os.path.join(folder, name.replace("qemu-", "qemu-paging-", 1) + ".elf"))]
dumps += [("kdump-zlib", False, f"{base}.kdump-zlib")]
for form, paging, file in dumps:
    answer = call("dump-guest-memory", paging=paging, protocol=f"file:{file}", format=form)
    if "error" in answer and os.path.exists(file):
        os.remove(file)
    print(form, "paging" if paging else "", answer["error"]["desc"] if "error" in answer else "ok")
call("quit")
