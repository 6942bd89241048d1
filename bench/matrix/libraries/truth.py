"""
Where each dump of make.sh holds its own key's numbers: exact byte searches, not the scanner. usage: truth.py OUT [NAME…]
For each number and form: count, and of the first places the offset, the address modulo 8, and the 16 bytes before and
after (of throwaway keys). Writes OUT/truth.json; with --cut FOLDER, excerpts of whole pages and their manifest there.
Needs cryptography, and node with this project's @noble/post-quantum for the expanded keys of ML-KEM and ML-DSA.
"""
import collections
import hashlib
import json
import pathlib
import struct
import subprocess
import sys

from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec, rsa

ROOT = pathlib.Path(__file__).resolve().parents[3]
CURVES = {  # field prime, order
    256: (0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff,
          0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551),
    384: (2**384 - 2**128 - 2**96 + 2**32 - 1,
          0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973),
}


def digits(number, bits, width, count=None):
    out = b""
    while number or (count and len(out) < count * width):
        out += (number & ((1 << bits) - 1)).to_bytes(width, "little")
        number >>= bits
    return out


def orders(number, size):
    """The forms of a number. The byte orders: le, be; be32: most significant int first, each little-endian; digits."""
    big = number.to_bytes(-(-size // 4) * 4, "big")
    big64 = number.to_bytes(-(-size // 8) * 8, "big")
    return {
        "le": number.to_bytes(size, "little"), "be": number.to_bytes(size, "big"),
        "be32": b"".join(big[i:i + 4][::-1] for i in range(0, len(big), 4)),
        "be64": b"".join(big64[i:i + 8][::-1] for i in range(0, len(big64), 8)),
        "digits30": digits(number, 30, 4), "digits31": digits(number, 31, 4), "digits60": digits(number, 60, 8),
        "digits28": digits(number, 28, 4), "digits52": digits(number, 52, 8), "digits26": digits(number, 26, 4),
    }


def rsa_parts(own):
    n, e, d, p, q = own.public_numbers.n, own.public_numbers.e, own.d, own.p, own.q
    size = (n.bit_length() + 7) // 8
    lam = (p - 1) * (q - 1)
    big, half = 1 << 8 * size, 1 << 4 * size
    numbers = {"p": p, "q": q, "n": n, "d": d, "dφ": pow(e, -1, lam), "dp": d % (p - 1), "dq": d % (q - 1), "qinv": pow(q, -1, p),
               "pinv": pow(p, -1, q), "RR mod n": big * big % n, "RR mod p": half * half % p, "RR mod q": half * half % q,
               "qinv·R mod p": pow(q, -1, p) * half % p, "pinv·R mod q": pow(p, -1, q) * half % q,
               "-qinv mod p": -pow(q, -1, p) % p, "q·R mod p": q * half % p, "q·RR mod p": q * half * half % p,
               "R mod p": half % p, "R mod q": half % q, "-n⁻¹ mod 2^64": None}
    parts = {}
    for name, number in numbers.items():
        if number is not None:
            whole = name in ("n", "d", "dφ", "RR mod n")
            parts[name] = orders(number, size if whole else size // 2)
            # Short numbers lose zeros on top; the forms with digits are without them already.
    low = (-pow(n, -1, 1 << 64)) % (1 << 64)
    parts["n0inv"] = {"le": low.to_bytes(8, "little")}
    for name, prime in (("p0inv", p), ("q0inv", q)):
        parts[name] = {"le": ((-pow(prime, -1, 1 << 64)) % (1 << 64)).to_bytes(8, "little"),
                       "le positive": pow(prime, -1, 1 << 64).to_bytes(8, "little")}
    return parts


def ec_parts(own):
    bits = own.public_numbers.curve.key_size
    field, order = CURVES[bits]
    size = bits // 8
    d, x, y = own.private_value, own.public_numbers.x, own.public_numbers.y
    r = 1 << bits
    numbers = {"d": d, "x": x, "y": y, "d·R mod order": d * r % order, "x·R mod p": x * r % field, "y·R mod p": y * r % field,
               "order-d": order - d, "d⁻¹": pow(d, -1, order)}
    return {name: orders(number, size) for name, number in numbers.items()}


def okp_parts(kind, seed, public):
    parts = {"secret": {"be": seed, "le": seed[::-1]}, "public": {"be": public, "le": public[::-1]}}
    if kind == "ed25519":
        digest = bytearray(hashlib.sha512(seed).digest())
        parts["prefix"] = {"be": bytes(digest[32:])}
        parts["hash unclamped"] = {"be": bytes(digest[:32])}
        scalar = digest[:32]
        scalar[0] &= 248
        scalar[31] = scalar[31] & 127 | 64
        order = 2**252 + 27742317777372353535851937790883648493
        parts["clamped"] = {"le": bytes(scalar), "be": bytes(scalar[::-1])}
        reduced = int.from_bytes(scalar, "little") % order
        parts["clamped mod ℓ"] = orders(reduced, 32)
        parts["public y"] = orders(int.from_bytes(public, "little") & (2**255 - 1), 32)
    elif kind == "x25519":
        scalar = bytearray(seed)
        scalar[0] &= 248
        scalar[31] = scalar[31] & 127 | 64
        parts["clamped"] = orders(int.from_bytes(scalar, "little"), 32)
        parts["public u"] = orders(int.from_bytes(public, "little"), 32)
    elif kind == "ed448":
        digest = hashlib.shake_256(seed).digest(114)
        scalar = bytearray(digest[:57])
        scalar[0] &= 252
        scalar[55] |= 128
        scalar[56] = 0
        parts["clamped"] = {"le": bytes(scalar[:56]), "be": bytes(scalar[:56][::-1])}
        parts["prefix"] = {"be": digest[57:]}
    else:
        scalar = bytearray(seed)
        scalar[0] &= 252
        scalar[55] |= 128
        parts["clamped"] = orders(int.from_bytes(scalar, "little"), 56)
        parts["public u"] = orders(int.from_bytes(public, "little"), 56)
    return parts


def unpacked(data, bits, count, width):
    number = int.from_bytes(data, "little")
    return b"".join(((number >> bits * i) & ((1 << bits) - 1)).to_bytes(width, "little") for i in range(count))


def pq_parts(kind, seed, public):
    module, name = ("ml-kem", "ml_kem768") if kind == "mlkem768" else ("ml-dsa", "ml_dsa65")
    script = (f"import {{ {name} as m }} from '@noble/post-quantum/{module}.js';"
              "process.stdout.write(Buffer.from(m.keygen(Buffer.from(process.argv[1], 'hex')).secretKey).toString('hex'))")
    expanded = bytes.fromhex(subprocess.run(["node", "--input-type=module", "-e", script, seed.hex()], cwd=ROOT,
                                            capture_output=True, text=True, check=True).stdout)
    raw = {"public": public, "expanded": expanded}
    if kind == "mlkem768":
        digest = hashlib.sha3_512(seed[:32] + b"\x03").digest()
        raw |= {"seed d‖z": seed, "d": seed[:32], "z": seed[32:], "ρ": digest[:32], "σ": digest[32:],
                "H(ek)": hashlib.sha3_256(public).digest(), "s packed": expanded[:1152], "s[0] packed": expanded[:384],
                "t packed": public[:1152],
                "s as u16": unpacked(expanded[:384], 12, 256, 2), "t as u16": unpacked(public[:384], 12, 256, 2)}
    else:
        digest = hashlib.shake_256(seed + b"\x06\x05").digest(128)
        raw |= {"seed ξ": seed, "ρ": digest[:32], "ρ'": digest[32:96], "K": digest[96:], "tr": hashlib.shake_256(public).digest(64),
                "s1,s2,t0 packed": expanded[128:], "t1 packed": public[32:],
                "t1 as u32": unpacked(public[32:32 + 320], 10, 256, 4), "t1·2^13 as u32": b"".join(
                    (v << 13).to_bytes(4, "little") for (v,) in struct.iter_unpack("<I", unpacked(public[32:352], 10, 256, 4)))}
        # s1: η = 4, four bits each, η − s
        s1 = [4 - v for v in unpacked(expanded[128:256], 4, 256, 1)]
        raw["s1 as i32"] = b"".join(struct.pack("<i", v) for v in s1)
        raw["s1 as u32 mod q"] = b"".join(struct.pack("<I", v % 8380417) for v in s1)
    return {name: {"be": value} for name, value in raw.items()}


def parts_of(path):
    text = path.read_bytes().strip()
    lines = text.split(b"\n")
    key = form.load_pem_private_key(text, None)
    spki = key.public_key().public_bytes(form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo)
    kind = path.stem
    if isinstance(key, rsa.RSAPrivateKey):
        parts = rsa_parts(key.private_numbers())
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        parts = ec_parts(key.private_numbers())
    elif kind.startswith("ml"):
        parts = pq_parts(kind, key.private_bytes_raw(), key.public_key().public_bytes_raw())
    else:
        parts = okp_parts(kind, key.private_bytes_raw(), key.public_key().public_bytes_raw())
    encoded = {"PEM text": {"be": text}, "PEM line": {"be": [line for line in lines[1:-1] if len(line) == 64 or len(lines) == 3][-1]}}
    der = key.private_bytes(form.Encoding.DER, form.PrivateFormat.PKCS8, form.NoEncryption())
    encoded["PKCS#8"] = {"be": der}
    if isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey)):
        encoded["PKCS#1/SEC1"] = {"be": key.private_bytes(form.Encoding.DER, form.PrivateFormat.TraditionalOpenSSL, form.NoEncryption())}
    return parts, encoded, spki


def segments(core):
    """(file offset, address, size) of an ELF core."""
    phoff, phnum = struct.unpack_from("<Q", core, 32)[0], struct.unpack_from("<H", core, 56)[0]
    found = []
    for i in range(phnum):
        kind, _, offset, address, _, size, _, _ = struct.unpack_from("<IIQQQQQQ", core, phoff + 56 * i)
        if kind == 1 and size:
            found.append((offset, address, size))
    return found


def places(data, needle):
    # As long numbers are rarely whole where they are in registers, only whole ones count.
    found, at = [], data.find(needle)
    while at >= 0:
        found.append(at)
        at = data.find(needle, at + 1)
    return found


def address_of(at, loads):
    for offset, address, size in loads:
        if offset <= at < offset + size:
            return address + at - offset
    return None


def main():
    arguments = sys.argv[1:]
    out = pathlib.Path(arguments[0])
    truth = json.loads((out / "truth.json").read_text()) if (out / "truth.json").exists() else {}
    for path in sorted(out.glob("*.core")):
        if arguments[1:] and not any(path.stem.startswith(name) for name in arguments[1:]):
            continue
        name, kind = path.stem.rsplit("-", 1)
        parts, encoded, spki = parts_of(out / "keys" / f"{kind}.pem")
        data = path.read_bytes()
        loads = segments(data)
        result = collections.OrderedDict()
        print(f"== {path.stem}  {len(data) >> 20} MiB")
        for part, forms in (parts | encoded).items():
            seen = set()
            for order, needle in forms.items():
                if needle in seen or len(needle) < 8:
                    continue
                seen.add(needle)
                found = places(data, needle)
                if not found:
                    continue
                result.setdefault(part, {})[order] = [[at, address_of(at, loads), len(needle)] for at in found]
                mods = collections.Counter((address_of(at, loads) or 0) % 8 for at in found)
                print(f"  {part} {order} ×{len(found)} mod8 {dict(mods)}")
                for at in found[:3] if part not in encoded else []:
                    before, after = data[at - 16:at], data[at + len(needle):at + len(needle) + 16]
                    print(f"     {at:#x} va {address_of(at, loads) or 0:#x}  …{before.hex(' ', 8)} [{len(needle)}] {after.hex(' ', 8)}…")
        truth[path.stem] = {"spkiSha256": hashlib.sha256(spki).hexdigest(), "parts": result}
    (out / "truth.json").write_text(json.dumps(truth, indent=0, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
