"""
Holds a key as an object of a Python package, after one use of it. usage: python-holder.py PACKAGE TYPE FILE
cryptography (its own OpenSSL): FILE is PEM. nacl (libsodium): FILE holds the raw seed or scalar, also of x25519.
ecdsa (keys as Python's integers), pycryptodome (GMP's, or its own): FILE is PEM.
"""
import gc
import sys
import time

package, kind, file = sys.argv[1:]


def load():
    with open(file, "rb", buffering=0) as source:
        data = source.read()
    if package == "cryptography":
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec, padding
        key = serialization.load_pem_private_key(data, None)
        if kind.startswith("rsa"):
            key.sign(b"text", padding.PKCS1v15(), hashes.SHA256())
        elif kind.startswith("p"):
            key.sign(b"text", ec.ECDSA(hashes.SHA256()))
        elif kind in ("ed25519", "ed448") or kind.startswith("mldsa"):
            key.sign(b"text")
        elif kind.startswith("mlkem"):
            shared, ciphertext = key.public_key().encapsulate()
            assert key.decapsulate(ciphertext) == shared
        else:
            from cryptography.hazmat.primitives.asymmetric import x448, x25519
            own = x25519.X25519PrivateKey if kind == "x25519" else x448.X448PrivateKey
            key.exchange(own.generate().public_key())
        return key
    if package == "nacl":
        from nacl import public, signing
        if kind == "ed25519":
            key = signing.SigningKey(data)
            key.sign(b"text")
            return key
        key = public.PrivateKey(data)
        return key, public.Box(key, public.PrivateKey.generate().public_key)
    if package == "ecdsa":
        import ecdsa
        key = ecdsa.SigningKey.from_pem(data)
        key.sign(b"text")
        return key
    from Crypto.PublicKey import ECC, RSA
    from Crypto.Hash import SHA256
    from Crypto.Signature import DSS, eddsa, pkcs1_15
    if kind.startswith("rsa"):
        key = RSA.import_key(data)
        pkcs1_15.new(key).sign(SHA256.new(b"text"))
    elif kind.startswith("p"):
        key = ECC.import_key(data)
        DSS.new(key, "fips-186-3").sign(SHA256.new(b"text"))
    else:
        key = ECC.import_key(data)
        eddsa.new(key, "rfc8032").sign(b"text")
    return key


held = load()
gc.collect()
print("ready", flush=True)
time.sleep(120)
