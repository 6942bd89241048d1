"""
Other formats of a PKCS#8 key. usage: convert.py ssh|cng KEY.pem OUT
ssh: OpenSSH's private key format; cng: a BCRYPT_RSAFULLPRIVATE or BCRYPT_ECCPRIVATE blob. Needs cryptography.
"""
import os
import struct
import sys

from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import rsa

what, source, target = sys.argv[1:]
key = form.load_pem_private_key(open(source, "rb").read(), None)
if what == "ssh":
    data = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.OpenSSH, form.NoEncryption())
elif isinstance(key, rsa.RSAPrivateKey):
    own = key.private_numbers()
    public = own.public_numbers
    whole, half = key.key_size // 8, key.key_size // 16
    exponent = public.e.to_bytes(3, "big")
    data = struct.pack("<4s5I", b"RSA3", key.key_size, 3, whole, half, half) + exponent
    for number, size in ((public.n, whole), (own.p, half), (own.q, half), (own.dmp1, half), (own.dmq1, half),
                         (own.iqmp, half), (own.d, whole)):
        data += number.to_bytes(size, "big")
else:
    own = key.private_numbers()
    size = (key.curve.key_size + 7) // 8
    magic = {32: b"ECS2", 48: b"ECS4"}[size]
    data = struct.pack("<4sI", magic, size)
    for number in (own.public_numbers.x, own.public_numbers.y, own.private_value):
        data += number.to_bytes(size, "big")
with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
    file.write(data)
