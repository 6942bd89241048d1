"""
Where each dump holds its own key's numbers: exact byte searches. usage: truth.py OUT
Writes OUT/truth.json: {dump: {part: {encoding: [file offsets]}}}; prints counts. Needs cryptography; prints no keys.
"""
import base64
import hashlib
import json
import pathlib
import re
import struct
import sys

from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def encodings(number):
    size = (number.bit_length() + 7) // 8
    big = number.to_bytes(-(-size // 4) * 4, "big")
    # Java's BigInteger.mag: the most significant int first, each in the machine's order.
    ints = b"".join(big[i:i + 4][::-1] for i in range(0, len(big), 4))
    return {"le": number.to_bytes(size, "little"), "be": number.to_bytes(size, "big"), "int[]": ints}


def rsa_parts(n, e, d, p, q):
    parts = dict(p=p, q=q, d=d, dp=d % (p - 1), dq=d % (q - 1), qinv=pow(q, -1, p), pinv=pow(p, -1, q), n=n)
    return {name: encodings(number) for name, number in parts.items()}


def ed25519_parts(seed, public):
    scalar = bytearray(hashlib.sha512(seed).digest()[:32])
    scalar[0] &= 248
    scalar[31] = scalar[31] & 127 | 64
    return {"seed": {"be": seed, "le": seed[::-1]}, "clamped": {"le": bytes(scalar), "be": bytes(scalar[::-1])},
            "public": {"be": public, "le": public[::-1]}}


def file_parts(path):
    """A key of OUT/keys/*.pem: its numbers, and the texts and DER forms it may be held in."""
    text = path.read_bytes().strip()
    lines = text.split(b"\n")
    der = base64.b64decode(b"".join(lines[1:-1]))
    key = form.load_pem_private_key(text, None)
    # The last whole line is of the private part alone.
    forms = {"pem": {"text": text, "line": [line for line in lines[1:-1] if len(line) == 64 or len(lines) == 3][-1]},
             "pkcs8": {"der": der}}
    if isinstance(key, rsa.RSAPrivateKey):
        own = key.private_numbers()
        pkcs1 = key.private_bytes(form.Encoding.DER, form.PrivateFormat.TraditionalOpenSSL, form.NoEncryption())
        return rsa_parts(own.public_numbers.n, own.public_numbers.e, own.d, own.p, own.q) | forms | {"pkcs1": {"der": pkcs1}}
    if isinstance(key, ec.EllipticCurvePrivateKey):
        own = key.private_numbers()
        size = (key.curve.key_size + 7) // 8
        # SEC1's version and scalar: the sequence around them differs by its optional fields.
        sec1 = b"\x02\x01\x01\x04" + bytes([size]) + own.private_value.to_bytes(size, "big")
        x = encodings(own.public_numbers.x)
        return {"d": encodings(own.private_value), "x": x} | forms | {"sec1": {"der": sec1}}
    return ed25519_parts(key.private_bytes_raw(), key.public_key().public_bytes_raw()) | forms


def gpg_parts(path):
    """A key of GnuPG's private-keys-v1.d, not encrypted: an S-expression, canonical or as text."""
    data = path.read_bytes()
    fields = {}
    for match in re.finditer(rb"\((\d):([a-z])(\d+):", data):
        fields[match[2].decode()] = data[match.end():match.end() + int(match[3])]
    for match in re.finditer(rb"\(([a-z])\s+#([0-9A-Fa-f\s]+)#", data):
        fields[match[1].decode()] = bytes.fromhex(b"".join(match[2].split()).decode())
    number = {name: int.from_bytes(value, "big") for name, value in fields.items()}
    if "n" in fields:
        return rsa_parts(number["n"], number["e"], number["d"], number["p"], number["q"])
    if fields["q"][0] == 0x40:
        return ed25519_parts(fields["d"][-32:].rjust(32, b"\0"), fields["q"][1:])
    return {"d": encodings(number["d"]), "x": encodings(int.from_bytes(fields["q"][1:1 + len(fields["q"]) // 2], "big"))}


def places(data, needle):
    found, at = [], data.find(needle)
    while at >= 0:
        found.append(at)
        at = data.find(needle, at + 1)
    return found


def shields(data, secrets):
    """
    Where an ELF core holds a shielded key of OpenSSH that opens to one of these numbers: found by the pointers and sizes
    of struct sshkey (shielded_private, shielded_len, shield_prekey, shield_prekey_len), not by what the bytes look like.
    """
    (phoff,), (phnum,) = struct.unpack_from("<Q", data, 32), struct.unpack_from("<H", data, 56)
    heads = [struct.unpack_from("<IIQQQQ", data, phoff + 56 * i) for i in range(phnum)]
    loads = [(vaddr, offset, size) for kind, _, offset, vaddr, _, size in heads if kind == 1]

    def at_address(address, size):
        return next((offset + address - start for start, offset, length in loads
                     if start <= address and address + size <= start + length), None)

    found = []
    for at in places(data, struct.pack("<Q", 16384)):
        if at < 24:
            continue
        pointer, size, prekey = struct.unpack_from("<QQQ", data, at - 24)
        where, key = at_address(pointer, size), at_address(prekey, 16384)
        if not 0 < size < 8192 or where is None or key is None:
            continue
        digest = hashlib.sha512(data[key:key + 16384]).digest()
        opened = Cipher(algorithms.AES(digest[:32]), modes.CTR(digest[32:48])).decryptor().update(data[where:where + size])
        if any(secret in opened for secret in secrets):
            found.append(where)
    return found


out = pathlib.Path(sys.argv[1])
truth = {}
for dump in sorted(path for kind in ("core", "dmp", "raw", "hprof") for path in out.glob(f"*.{kind}")):
    key = dump.stem.rsplit("-", 1)[1]
    parts = gpg_parts(out / "keys" / f"gpg-{key}.key") if dump.stem.startswith("gpg") else file_parts(out / "keys" / f"{key}.pem")
    data = dump.read_bytes()  # bytes.find is far faster than mmap.find
    truth[dump.name] = {part: {name: places(data, needle) for name, needle in needles.items()} for part, needles in parts.items()}
    if dump.stem.startswith("ssh"):
        secrets = [parts[part]["be"] for part in ("p", "q", "d", "seed") if part in parts]
        truth[dump.name]["shield"] = {"opens": shields(data, secrets)}
    cells = []
    for part, found in truth[dump.name].items():
        counts = [str(len(offsets)) for offsets in found.values()]
        cells.append(part + " " + ("/".join(counts) if any(found.values()) else "-"))
    print(f"{dump.name:32} " + "  ".join(cells), flush=True)
(out / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")
print("le/be/int[] per number; public and seed be/le; pem whole text/last line; the others DER")
