"""Asks MemProcFS for the processes of an image, and reads places in them (see windows-processes.mjs). Prints counts only."""
import json
import sys

import memprocfs

image, places = sys.argv[1], json.load(open(sys.argv[2]))
vmm = memprocfs.Vmm(["-device", image, "-disable-symbolserver", "-disable-python", "-waitinitialize"])
names = {f"{process.name} (pid {process.pid})": process for process in vmm.process_list()}
dump = open(image, "rb").read()
agreed = 0
for place in places:
    process = names.get(place["process"])
    if process is None:
        print("not there:", place["process"])
        continue
    theirs = process.memory.read(int(place["address"], 16), place["length"])
    agreed += theirs == dump[place["offset"] : place["offset"] + place["length"]]
seen = {place["process"] for place in places}
print(f"{len(names)} processes, {len(seen)} of them with findings; {agreed} of {len(places)} places read alike")
