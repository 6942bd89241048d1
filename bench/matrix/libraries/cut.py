"""
Excerpts of make.sh's dumps for the tests: whole pages by address, with the numbers and without the files they came from.
usage: cut.py OUT FOLDER LIBRARIES.json ({dump: [library, version, keys]}). After truth.py. Writes FOLDER/manifest.json.
"""
import collections
import json
import pathlib
import sys

PAGE, MOST = 4096, 2
# What a scan could go by, secret numbers first; encoded forms stay out where they can.
SECRET = {"p", "q", "d", "dp", "dq", "qinv", "dφ", "secret", "clamped", "clamped mod ℓ", "d·R mod order", "prefix", "qinv·R mod p",
          "pinv·R mod q", "seed d‖z", "d", "z", "σ", "s packed", "s as u16", "seed ξ", "ρ'", "K", "s1 as i32", "s1 as u32 mod q",
          "s1,s2,t0 packed", "expanded", "s[0] packed"}
PUBLIC = {"n", "x", "public", "x·R mod p", "ρ"}
ENCODED = {"PEM text", "PEM line", "PKCS#8", "PKCS#1/SEC1"}

out, folder, names = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), json.loads(pathlib.Path(sys.argv[3]).read_text())
truth = json.loads((out / "truth.json").read_text())
folder.mkdir(parents=True, exist_ok=True)
manifest = []
for name, (library, version, kinds) in names.items():
    for kind in kinds.split():
        stem = f"{name}-{kind}"
        if stem not in truth:
            print("no dump:", stem)
            continue
        found = truth[stem]
        # Every place with an address: (file offset of its page, part, order, offset, length).
        places = [(part, order, at, address, length) for part, orders in found["parts"].items() if part not in ENCODED
                  for order, list_ in orders.items() for at, address, length in list_ if address is not None and length > 8]
        bad = [(at, at + length) for part in ENCODED & found["parts"].keys() for list_ in found["parts"][part].values()
               for at, _, length in list_]
        if not any(part in SECRET for part, *_ in places):
            continue
        def parts_in(start, size):
            return {part for part, _, at, _, length in places if start <= at and at + length <= start + size}

        starts = sorted({at - address % PAGE - PAGE * back for _, _, at, address, _ in places for back in range(MOST)})
        data = (out / f"{stem}.core").read_bytes()
        # Numbers that stand alone, as allocations do: those on stacks and in used buffers are the less usual ones.
        dull = lambda at: data[at:at + 8].count(0) >= 3
        alone = [at for part, _, at, _, length in places if part in SECRET and dull(at - 8) and
                 (dull(at + length) or length == 32 and dull(at + 64))]
        pieces, covered = [], set()
        for _ in range(2):
            def score(window):
                start, size = window
                new = parts_in(start, size) - covered
                whole = not any(low < start + size and high > start for low, high in bad)
                hits = not pieces and any(start <= at < start + size for at in alone)
                return bool(new & (SECRET if not pieces else SECRET | PUBLIC)), whole, hits, len(new & SECRET), len(new), -size
            windows = [(start, size) for start in starts if start >= 0 for size in range(PAGE, MOST * PAGE + 1, PAGE)
                       if not any(start < low + length and low < start + size for low, length in pieces)]
            best = max(windows, key=score, default=None)
            if best is None or not score(best)[0]:
                break
            pieces.append(best)
            covered |= parts_in(*best)
        pieces.sort()
        excerpt, parts = b"", collections.OrderedDict()
        rows = []
        for start, size in pieces:
            base = len(excerpt)
            rows += [{"part": part, "offset": base + at - start, "order": order} for part, order, at, _, length in places
                     if start <= at and at + length <= start + size]
            excerpt += data[start:start + size]
        unique = {(row["part"], row["offset"], row["order"]): row for row in rows}
        (folder / f"{stem}.bin").write_bytes(excerpt)
        manifest.append({"file": f"{stem}.bin", "library": library, "version": version, "key": kind, "spkiSha256": found["spkiSha256"],
                         "parts": sorted(unique.values(), key=lambda row: row["offset"]),
                         "made": f"bench/matrix/libraries/make.sh {name}; {len(pieces)} piece(s) of whole pages of the core"})
lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in manifest)
(folder / "manifest.json").write_text(f"[\n{lines}\n]\n")
print(sum(path.stat().st_size for path in folder.glob("*")), "bytes", len(manifest), "files")
