"""
Where physical memory images and heap dumps hold their key's numbers: exact byte searches, as truth.py's, also of single pages.
usage: guest-truth.py KEYS FILE…   (FILE's stem ends in -KEY; KEYS holds KEY.pem). Needs cryptography; throwaway keys only.
Prints one JSON line per file: {file, part: {encoding: [[offset, offset mod 8, offset mod 4096, whole?, before, after]]}}.
A number that crosses a page of memory may go on elsewhere: its two halves are then searched on their own.
"""
import json
import pathlib
import sys
import types

# truth.py runs when imported: only its functions are wanted.
source = (pathlib.Path(__file__).parent / "truth.py").read_text().split("\nout = ")[0]
truth = types.ModuleType("truth")
exec(source, truth.__dict__)


def int32_big_endian(forms):
    """HPROF: int[] in big-endian, hence BigInteger.mag is the number in big-endian, filled to a whole int."""
    return {"be4": forms["be"].rjust(-(-len(forms["be"]) // 4) * 4, b"\0")} if "be" in forms else {}


def split(data, needle):
    """Places where the needle begins at the end of a page and does not go on in the next one: [offset, bytes there]."""
    found, at = [], data.find(needle[:16])
    while at >= 0:
        room = 4096 - at % 4096
        if 16 <= room < len(needle) and data[at:at + room] == needle[:room] and data[at:at + len(needle)] != needle:
            rest = needle[room:]
            found.append([at, room, [p for p in truth.places(data, rest) if p % 4096 == 0][:4] if len(rest) >= 8 else []])
        at = data.find(needle[:16], at + 1)
    return found


keys = pathlib.Path(sys.argv[1])
for name in sys.argv[2:]:
    file = pathlib.Path(name)
    data = file.read_bytes()
    parts = truth.file_parts(keys / f"{file.stem.rsplit('-', 1)[1]}.pem")
    result = {"file": file.name}
    for part, forms in parts.items():
        forms = {**forms, **(int32_big_endian(forms) if file.suffix == ".hprof" else {})}
        if forms.get("be4") == forms.get("be"):
            forms.pop("be4", None)
        told = {}
        for form, needle in forms.items():
            # Ed25519's and others' short numbers are searched the same way.
            spots = [[at, at % 8, at % 4096, data[max(0, at - 16):at].hex(), data[at + len(needle):at + len(needle) + 16].hex()]
                     for at in truth.places(data, needle)]
            halves = split(data, needle)
            if spots or halves:
                told[form] = {"whole": spots, **({"split": halves} if halves else {})}
        if told:
            result[part] = told
    print(json.dumps(result), flush=True)
