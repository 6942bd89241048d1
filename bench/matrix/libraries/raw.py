"""
Keys in the forms that the programs take. usage: raw.py make KEY OUT.pem | raw.py raw KEY.pem OUT | raw.py der KEY.pem OUT | raw.py tomcrypt KEY.pem OUT |
raw.py numbers KEY.pem OUT
make: what Debian's openssl cannot make (mlkem768, mldsa65); raw: the seed or scalar alone; der: PKCS#8;
tomcrypt: LibTomCrypt's own sequence of an EC key;
numbers: n p q or d X Y side by side, big-endian. Needs cryptography.
"""
import os
import sys

from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec

what, source, target = sys.argv[1:]
if what == "make":
    from cryptography.hazmat.primitives.asymmetric import mldsa, mlkem
    kind = {"mlkem768": "MLKEM768PrivateKey", "mldsa65": "MLDSA65PrivateKey"}[source]
    key = getattr(mlkem if source.startswith("mlkem") else mldsa, kind).generate()
    data = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
else:
    key = form.load_pem_private_key(open(source, "rb").read(), None)
    if what == "der":
        data = key.private_bytes(form.Encoding.DER, form.PrivateFormat.PKCS8, form.NoEncryption())
    elif what == "numbers":
        own = key.private_numbers()
        size = (key.key_size + 7) // 8
        public = own.public_numbers
        fields = [(own.private_value, size), (public.x, size), (public.y, size)] if isinstance(key, ec.EllipticCurvePrivateKey) \
            else [(public.n, size), (own.p, size // 2), (own.q, size // 2)]
        data = b"".join(number.to_bytes(width, "big") for number, width in fields)
    elif what == "tomcrypt":
        own = key.private_numbers()
        size = (key.key_size + 7) // 8

        def integer(number):
            content = number.to_bytes(number.bit_length() // 8 + 1, "big")
            return bytes([2, len(content)]) + content
        # flags (BIT STRING, one bit: private), size, x, y, k
        body = b"\x03\x02\x07\x80" + integer(size) + b"".join(
            integer(number) for number in (own.public_numbers.x, own.public_numbers.y, own.private_value))
        data = b"\x30" + (bytes([len(body)]) if len(body) < 128 else bytes([0x81, len(body)])) + body
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        data = key.private_numbers().private_value.to_bytes((key.key_size + 7) // 8, "big")
    else:
        data = key.private_bytes_raw()
with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
    file.write(data)
