# Adds dumps of bench/matrix/make-dumps.sh to the samples: compresses them, and notes in manifest.json where each key's own
# numbers stand, by exact byte search. Needs the Python package cryptography, openssl, and aeskeyfind as the other opinion
# on AES key schedules. numbers.py DUMPS SAMPLES [FILE=KEY.pem …]: for samples that are there already, the key they hold.
import gzip, hashlib, json, os, re, subprocess, sys
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

dumps, folder, extra = sys.argv[1], sys.argv[2], dict(arg.split('=') for arg in sys.argv[3:])
path = os.path.join(folder, 'manifest.json')
manifest = json.load(open(path))

def spki_of(key):
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()

def numbers(key):
    # name of the part, bytes to search for
    if isinstance(key, rsa.RSAPrivateKey):
        own = key.private_numbers()
        for name, value in (('p', own.p), ('q', own.q)):
            size = (value.bit_length() + 7) // 8
            yield f'{name}, little-endian', value.to_bytes(size, 'little')
            yield f'{name}, big-endian', value.to_bytes(size, 'big')
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        size = (key.key_size + 7) // 8
        yield 'd, little-endian', key.private_numbers().private_value.to_bytes(size, 'little')
    elif isinstance(key, ed25519.Ed25519PrivateKey):
        raw = serialization.Encoding.Raw
        yield 'seed', key.private_bytes(raw, serialization.PrivateFormat.Raw, serialization.NoEncryption())

def describe(name, data, key):
    forms, algorithm = [], name
    for form, needle in numbers(key):
        at = data.find(needle)
        while at >= 0:
            forms.append({'form': form, 'offset': at})
            at = data.find(needle, at + 1)
    return {'name': name, 'algorithm': algorithm, 'spkiSha256': spki_of(key), 'forms': sorted(forms, key=lambda f: f['offset'])}

def aes_keys(data):
    with open('/dev/shm/sample', 'wb') as file: file.write(data)
    lines = subprocess.run(['aeskeyfind', '-q', '/dev/shm/sample'], capture_output=True, text=True).stdout.split()
    os.remove('/dev/shm/sample')
    return len(set(lines))

load = lambda file: serialization.load_pem_private_key(open(file, 'rb').read(), None)
samples = {s['file']: s for s in manifest['samples']}
for file, pem in extra.items():
    data = gzip.open(os.path.join(folder, file)).read()
    samples[file]['keys'] = [describe(os.path.basename(pem)[:-4], data, load(pem))]
    samples[file]['aesKeys'] = aes_keys(data)
programs = {'gnutls': 'gnutls-serv', 'ssh': 'ssh-agent', 'openssl': 'openssl s_server', 'nginx': 'nginx', 'gpg': 'gpg-agent',
            'wine': 'cng.c under wine'}
for name in sorted(os.listdir(dumps)):
    if not name.endswith('.core'): continue
    key = name[:-5].rsplit('-', 1)[1]
    data = open(os.path.join(dumps, name), 'rb').read()
    if name.startswith('gpg'):
        text = open(os.path.join(dumps, 'keys', f'gpg-{key}.key')).read()
        p, q, e = (int(''.join(re.search(rf'\({part}\s+#([0-9A-Fa-f\s]+)#', text)[1].split()), 16) for part in 'pqe')
        d = pow(e, -1, (p - 1) * (q - 1))
        parts = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(e, p * q))
        private = parts.private_key()
    else:
        private = load(os.path.join(dumps, 'keys', f'{key}.pem'))
    file = name + '.gz'
    with open(os.path.join(folder, file), 'wb') as out: out.write(gzip.compress(data, 9, mtime=0))
    samples[file] = {'file': file, 'compressed': 'gzip', 'sizeUncompressed': len(data), 'sha256': hashlib.sha256(data).hexdigest(),
                     'format': 'elf-core', 'program': programs[name.split('-')[0]], 'keys': [describe(key, data, private)],
                     'aesKeys': aes_keys(data)}
manifest['samples'] = [samples[file] for file in sorted(samples)]
json.dump(manifest, open(path, 'w'), indent=1)
for s in manifest['samples']: print(s['file'], s.get('aesKeys'), [(k['name'], len(k['forms'])) for k in s['keys']])
