"""
Programs that hold numbers like keys' but no key. usage: holders.py WHAT [MEGABYTES]
random: os.urandom; compressed: deflated data; groups: the primes of RFC 3526 and RFC 7919 and of curves;
primes: lone random primes, by openssl; certificates: the system's trusted certificates, in a TLS context.
"""
import os
import subprocess
import sys
import time
import zlib


def fixed(function, bits):
    """pi (Machin) or e as a fixed-point number."""
    one = 1 << (bits + 64)
    if function == "e":
        total = term = one
        k = 1
        while term:
            term //= k
            total += term
            k += 1
        return total >> 64

    def arctan(x):
        total, power, k, sign = 0, one // x, 1, 1
        while power:
            total += sign * (power // k)
            power //= x * x
            k, sign = k + 2, -sign
        return total

    return (4 * (4 * arctan(5) - arctan(239))) >> 64


def groups():
    modp = {1536: 741804, 2048: 124476, 3072: 1690314, 4096: 240904, 6144: 929484, 8192: 4743158}
    ffdhe = {2048: 560316, 3072: 2625351, 4096: 5736041, 6144: 15705020, 8192: 10965728}
    found = []
    for constant, table in (("pi", modp), ("e", ffdhe)):
        for bits, add in table.items():
            middle = fixed(constant, bits - 130) + add
            prime = (1 << bits) - (1 << (bits - 64)) - 1 + (middle << 64)
            assert bits > 3072 or (pow(2, prime - 1, prime) == 1 and pow(2, prime // 2, prime) in (1, prime - 1)), bits
            found += [prime, prime >> 1]
    found += [2**255 - 19, 2**448 - 2**224 - 1, 2**521 - 1, 2**384 - 2**128 - 2**96 + 2**32 - 1,
              2**256 - 2**224 + 2**192 + 2**96 - 1, 2**256 - 2**32 - 977, 2**252 + 27742317777372353535851937790883648493,
              0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
              0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141]
    return found


what = sys.argv[1]
size = int(sys.argv[2]) << 20 if len(sys.argv) > 2 else 0
if what == "random":
    held = os.urandom(size)
elif what == "compressed":
    held, total = [], 0
    while total < size:
        # Hexadecimal text and a little order, so that it does deflate.
        held.append(zlib.compress((os.urandom(1 << 20).hex() + "a line of text\n" * 4000).encode(), 1))
        total += len(held[-1])
elif what in ("groups", "primes"):
    if what == "groups":
        numbers = groups()
    else:
        numbers = [int(subprocess.check_output(["openssl", "prime", "-generate", "-bits", str(bits)]))
                   for bits in (256, 384, 512, 1024, 1536, 2048) for _ in range(6)]
    # As Python's digits, as bytes of both orders, as text, and as Java's ints.
    held = []
    for n in numbers:
        big = n.to_bytes(-(-n.bit_length() // 32) * 4, "big")
        held.append([n, big, big[::-1], hex(n), b"".join(big[i:i + 4][::-1] for i in range(0, len(big), 4))])
elif what == "certificates":
    import ssl
    held = ssl.create_default_context()
    held.load_verify_locations("/etc/ssl/certs/ca-certificates.crt")
    held = [held, held.get_ca_certs(True)]
print("ready", flush=True)
time.sleep(120)
