# A sample of what a core dump of a recent ssh-agent holds (OpenSSH 9.9 and later keep the prekeys out of it): the notes and the
# heap of a core by gcore, the rest of the program headers dropped. Follows struct sshkey by itself, and notes
# in manifest.json where the ciphertexts stand. closed-shield.py CORE SAMPLES KEY.pub …, with the keys the agent was given.
import base64, gzip, hashlib, json, os, struct, sys
core, folder, keys = open(sys.argv[1], 'rb').read(), sys.argv[2], sys.argv[3:]
HEADER, ENTRY, LOAD, NOTE, WRITE = 64, 56, 1, 4, 2
start, count = struct.unpack_from('<Q', core, 32)[0], struct.unpack_from('<H', core, 56)[0]
entries = [struct.unpack_from('<IIQQQQQQ', core, start + ENTRY * i) for i in range(count)]
heap = [e for e in entries if e[0] == LOAD and e[1] & WRITE and 300_000 < e[5] < 1_000_000]
kept = [e for e in entries if e[0] == NOTE] + heap
body, table = b'', b''
base = HEADER + ENTRY * len(kept)
for kind, flags, offset, address, physical, size, memory, align in kept:
    table += struct.pack('<IIQQQQQQ', kind, flags, base + len(body), address, physical, size, memory, 1)
    body += core[offset:offset + size]
head = bytearray(core[:HEADER])
struct.pack_into('<Q', head, 32, HEADER)
struct.pack_into('<QI', head, 40, 0, 0)
struct.pack_into('<HHHHH', head, 54, ENTRY, len(kept), 0, 0, 0)
data = bytes(head) + table + body

def offset_of(address, size):
    at = base
    for e in kept:
        if e[0] == LOAD and e[3] <= address and address + size <= e[3] + e[5]: return at + address - e[3]
        at += e[5]

found, at = [], data.find(struct.pack('<Q', 0x4000))
while at >= 0:
    if at >= 24:
        private, length, prekey = struct.unpack_from('<QQQ', data, at - 24)
        place = offset_of(private, length) if 0 < length <= 4096 else None
        if place and private > 4096 and offset_of(prekey, 1) is None:
            point = struct.unpack_from('<Q', data, at - 24 - 64)[0]   # ed25519_pk of OpenSSH 10.5
            at_point = offset_of(point, 32)
            found.append((place, length, hex(private), data[at_point:at_point + 32] if at_point else b''))
    at = data.find(struct.pack('<Q', 0x4000), at + 1)
named = {}
for file in keys:
    kind, blob = open(file).read().split()[:2]
    if kind == 'ssh-ed25519':
        point = base64.b64decode(blob)[-32:]
        named[point] = hashlib.sha256(bytes.fromhex('302a300506032b6570032100') + point).hexdigest()
assert len(found) == len(keys), found
name = 'ssh-agent-closed.core.gz'
with open(os.path.join(folder, name), 'wb') as out: out.write(gzip.compress(data, 9, mtime=0))
path = os.path.join(folder, 'manifest.json')
manifest = json.load(open(path))
told = [{'name': f'shield {i + 1}', 'algorithm': 'Ed25519' if p in named else 'unknown',
         **({'spkiSha256': named[p]} if p in named else {}),
         'forms': [{'form': 'shield without prekey', 'offset': place, 'address': address}]}
        for i, (place, length, address, p) in enumerate(sorted(found))]
sample = {'file': name, 'compressed': 'gzip', 'sizeUncompressed': len(data), 'sha256': hashlib.sha256(data).hexdigest(),
          'format': 'elf-core', 'program': 'ssh-agent', 'keys': told, 'aesKeys': int(os.environ['AES_KEYS'])}
manifest['samples'] = sorted([s for s in manifest['samples'] if s['file'] != name] + [sample], key=lambda s: s['file'])
json.dump(manifest, open(path, 'w'), indent=1)
print(len(data), os.path.getsize(os.path.join(folder, name)), told)
