"""
Copies of dumps in which the key's own PEM and DER forms are zeros: what is left are its bare numbers.
usage: heap-mask.py KEYS OUT FILE…   (FILE's stem ends in -KEY). Needs cryptography.
"""
import pathlib
import sys
import types

# truth.py runs when imported: only its functions are wanted.
source = (pathlib.Path(__file__).parent / "truth.py").read_text().split("\nout = ")[0]
truth = types.ModuleType("truth")
exec(source, truth.__dict__)

keys, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
out.mkdir(exist_ok=True)
for name in sys.argv[3:]:
    file = pathlib.Path(name)
    data = bytearray(file.read_bytes())
    parts = truth.file_parts(keys / f"{file.stem.rsplit('-', 1)[1]}.pem")
    for part in ("pem", "pkcs8", "pkcs1", "sec1"):
        for needle in parts.get(part, {}).values():
            for at in truth.places(bytes(data), needle):
                data[at:at + len(needle)] = bytes(len(needle))
    # An Ed25519 key's OCTET STRING around the seed.
    if "seed" in parts:
        for at in truth.places(bytes(data), b"\x04\x20" + parts["seed"]["be"]):
            data[at:at + 34] = bytes(34)
    (out / file.name).write_bytes(data)
