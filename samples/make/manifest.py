# Writes manifest.json: for each dump, which key stands in it in which form and where, by exact byte search for the files
# that were given to the programs. manifest.py OUT KEYS
import base64, hashlib, json, os, subprocess, sys
out, keys = sys.argv[1], sys.argv[2]
read = lambda name: open(os.path.join(keys, name), 'rb').read()

def spki(name, *args):
    der = subprocess.run(['openssl', 'pkey', '-in', os.path.join(keys, name), '-pubout', '-outform', 'DER', *args],
                         capture_output=True).stdout
    return hashlib.sha256(der).hexdigest()

def blob_spki(bytes_, n_at, little):
    n = bytes_[n_at:n_at + 256]
    n = n[::-1] if little else n
    integer = lambda b: b'\x02' + length(len(b)) + b
    length = lambda l: bytes([l]) if l < 128 else bytes([0x82, l >> 8, l & 255])
    seq = lambda b: b'\x30' + length(len(b)) + b
    inner = seq(integer(b'\0' + n) + integer(b'\1\0\1'))
    bits = b'\0' + inner
    return hashlib.sha256(seq(bytes.fromhex('300d06092a864886f70d0101010500') + b'\x03' + length(len(bits)) + bits)).hexdigest()

ssh = read('ssh_ed25519.pub').split()[1]
ssh_point = base64.b64decode(ssh)[-32:]
ssh_spki = hashlib.sha256(bytes.fromhex('302a300506032b6570032100') + ssh_point).hexdigest()
text = lambda name: read(name).strip()
forms = [
    # name, algorithm, SPKI hash, form, bytes to search for
    ('rsa', 'RSA 2048', spki('rsa.pem'), 'pem-pkcs8', text('rsa.pem')),
    ('rsa', 'RSA 2048', spki('rsa.pem'), 'pem-pkcs1', text('rsa.pkcs1.pem')),
    ('rsa', 'RSA 2048', spki('rsa.pem'), 'jwk', text('rsa.jwk')),
    ('rsa', 'RSA 2048', spki('rsa.pem'), 'xml', text('rsa.xml')),
    ('rsa', 'RSA 2048', spki('rsa.pem'), 'xml-utf16', text('rsa.xml').decode().encode('utf-16-le')),
    ('rsa2', 'RSA 2048', spki('rsa2.pem'), 'pkcs1-der', read('rsa2.pkcs1.der')),
    ('rsa2', 'RSA 2048', spki('rsa2.pem'), 'jks', read('store.jks')),
    ('p256', 'EC P-256', spki('p256.pem'), 'sec1-der', read('p256.sec1.der')),
    ('p256', 'EC P-256', spki('p256.pem'), 'pem-pkcs8', text('p256.pem')),
    ('p256', 'EC P-256', spki('p256.pem'), 'pem-pkcs8-utf16', text('p256.pem').decode().encode('utf-16-le')),
    ('p384', 'EC P-384', spki('p384.pem'), 'pkcs8-der', read('p384.pkcs8.der')),
    ('ed25519', 'Ed25519', spki('ed25519.pem'), 'pkcs8-der', read('ed25519.pkcs8.der')),
    ('ssh', 'Ed25519', ssh_spki, 'openssh', text('ssh_ed25519')),
    ('ssh', 'Ed25519', ssh_spki, 'putty', text('ssh_ed25519.ppk')),
    ('encrypted', 'encrypted', None, 'pem-encrypted', text('encrypted.pem')),
    ('store', 'encrypted', None, 'pkcs12', read('store.p12')),
    ('cng', 'RSA 2048', blob_spki(read('cng.blob'), 27, False), 'cng', read('cng.blob')),
    ('capi', 'RSA 2048', blob_spki(read('capi.blob'), 20, True), 'capi', read('capi.blob')),
]
formats = {'core': 'elf-core', 'dmp': 'minidump', 'raw': 'raw'}
programs = {'bash': 'bash', 'python': 'python3', 'openssl': 'openssl s_server', 'perl': 'perl', 'sleep': 'coreutils sleep',
            'arm': 'hold.c under qemu-arm', 's390x': 'hold.c under qemu-s390x', 'windows': 'windows-keys.c under wine',
            'excerpt': 'python3'}
samples = []
for name in sorted(os.listdir(out)):
    kind = name.rsplit('.', 1)[-1]
    if kind not in formats: continue
    data = open(os.path.join(out, name), 'rb').read()
    found = {}
    for key, algorithm, digest, form, needle in forms:
        at = data.find(needle)
        while at >= 0:
            entry = found.setdefault(key, {'name': key, 'algorithm': algorithm, **({'spkiSha256': digest} if digest else {}), 'forms': []})
            entry['forms'].append({'form': form, 'offset': at})
            at = data.find(needle, at + 1)
    samples.append({'file': name + '.gz', 'compressed': 'gzip', 'sizeUncompressed': len(data),
                    'sha256': hashlib.sha256(data).hexdigest(), 'format': formats[kind],
                    'program': programs[name.split('-')[0].split('.')[0]],
                    **({'truncated': True} if 'truncated' in name else {}), 'keys': list(found.values())})
json.dump({'note': 'Throwaway keys, made to be published. Offsets by exact byte search, see make/manifest.py.',
           'samples': samples}, open(os.path.join(out, 'manifest.json'), 'w'), indent=1)
for s in samples:
    print(s['file'], s['sizeUncompressed'], [(k['name'], [f['form'] for f in k['forms']]) for k in s['keys']])
