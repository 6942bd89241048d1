"""
Which numbers of a key in a raw physical image are in its owner's heap, and at which virtual address: by the page frames that the
guest itself told (its /proc/PID/pagemap in the log), with no page table read. usage: guest-where.py KEYS RAW LOG
"""
import pathlib
import re
import sys
import types

# truth.py runs when imported: only its functions are wanted.
source = (pathlib.Path(__file__).parent / "truth.py").read_text().split("\nout = ")[0]
truth = types.ModuleType("truth")
exec(source, truth.__dict__)

raw, log = pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]).read_text()
head = re.search(r"^PAGEMAP ([0-9a-f]+)-[0-9a-f]+\n((?:[0-9a-f]{16}\n)*)", log, re.M)
start = int(head[1], 16)
frames, heap = {}, b""
data = raw.read_bytes()
for i, line in enumerate(head[2].split()):
    entry = int.from_bytes(bytes.fromhex(line), "little")
    frame = entry & (1 << 55) - 1 if entry >> 63 else None
    if frame is not None:
        frames[frame] = start + i * 4096
    heap += data[frame * 4096:frame * 4096 + 4096] if frame is not None else bytes(4096)
order = [frame for frame in frames]
breaks = sum(1 for a, b in zip(order, order[1:]) if b != a + 1)
print(f"{raw.name} process {re.search(r'^PROCESS (.*)', log, re.M)[1]} heap {head[1]} pages {len(order)} not followed by the next frame {breaks}")
for part, forms in truth.file_parts(pathlib.Path(sys.argv[1]) / f"{raw.stem.rsplit('-', 1)[1]}.pem").items():
    for form, needle in forms.items():
        for at in truth.places(heap, needle):
            virtual = start + at
            page = next(f for f, v in frames.items() if v == virtual & ~4095)
            last = next(f for f, v in frames.items() if v == (virtual + len(needle) - 1) & ~4095)
            crossing = "" if page == last else f"  crosses: goes on at frame {last:#x}"
            print(f"  {part} {form}: virtual {virtual:#x} physical {page * 4096 + at % 4096:#x}{crossing}")
        for at in truth.places(data, needle):
            if at // 4096 not in frames:
                print(f"  {part} {form}: physical {at:#x}, not of the heap")
