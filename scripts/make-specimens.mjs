/**
 * Makes src/selftest/specimens.data.ts: one throwaway key in each form that a rule looks for, for the self-test of every
 * run. Needs openssl; the fixtures that other programs made are in test/fixtures. Run by hand when a rule is added:
 *   node scripts/make-specimens.mjs
 * The bytes are stored inverted, so that neither this repository nor a dump of dumpsieve itself seems to leak keys.
 */

import { execFileSync } from 'node:child_process';
import { createCipheriv, createHash, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';

const fixture = (name) => readFileSync(new URL(`../test/fixtures/${name}`, import.meta.url));
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const spkiOf = (key) => sha256(createPublicKey(key).export({ type: 'spki', format: 'der' }));
const text = (string) => Buffer.from(string, 'latin1');

const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const ed = generateKeyPairSync('ed25519').privateKey;
const dsaPem = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).privateKey;
const dsaDer = execFileSync('openssl', ['pkey', '-outform', 'DER', '-traditional'], {
  input: dsaPem.export({ type: 'pkcs8', format: 'pem' }),
});
const pkcs8 = rsa.export({ type: 'pkcs8', format: 'der' });
const jwk = rsa.export({ format: 'jwk' });
const number = (name) => Buffer.from(jwk[name], 'base64url');
const members = { Modulus: 'n', Exponent: 'e', P: 'p', Q: 'q', DP: 'dp', DQ: 'dq', InverseQ: 'qi', D: 'd' };
const xml = Object.entries(members).map(([tag, name]) => `<${tag}>${number(name).toString('base64')}</${tag}>`);

function u32(value, big) {
  const bytes = Buffer.alloc(4);
  if (big) bytes.writeUInt32BE(value);
  else bytes.writeUInt32LE(value);
  return bytes;
}

/** BCRYPT_RSAFULLPRIVATE_BLOB: magic, bits, sizes of e, n, p, q, then e, n, p, q, dp, dq, qinv, d, big-endian. */
function cng() {
  const sizes = [1024, 3, 128, 64, 64].map((size) => u32(size));
  const fixed = (name, size) => Buffer.concat([Buffer.alloc(size - number(name).length), number(name)]);
  const numbers = [
    ['e', 3],
    ['n', 128],
    ['p', 64],
    ['q', 64],
    ['dp', 64],
    ['dq', 64],
    ['qi', 64],
    ['d', 128],
  ];
  return Buffer.concat([text('RSA3'), ...sizes, ...numbers.map(([name, size]) => fixed(name, size))]);
}

/** DPAPI: version, provider, master key, flags, description, AES-256 and its salt, SHA-512, data, signature. */
function dpapi() {
  const part = (length) => Buffer.concat([u32(length), randomBytes(length)]);
  const [provider, empty] = [Buffer.from('d08c9ddf0115d1118c7a00c04fc297eb', 'hex'), u32(0)];
  const head = [u32(1), provider, u32(1), randomBytes(16), empty, u32(2), Buffer.alloc(2)];
  return Buffer.concat([
    ...head,
    u32(0x6610),
    u32(256),
    part(32),
    empty,
    u32(0x800e),
    u32(512),
    ...[32, 48, 64].map(part),
  ]);
}

/** PRIVATEKEYBLOB: header, "RSA2", bits, e, then n, p, q, dp, dq, qinv, d, little-endian. */
function capi() {
  const fixed = (name, size) => Buffer.concat([Buffer.alloc(size - number(name).length), number(name)]).reverse();
  const numbers = [
    ['n', 128],
    ['p', 64],
    ['q', 64],
    ['dp', 64],
    ['dq', 64],
    ['qi', 64],
    ['d', 128],
  ];
  const header = Buffer.from('0702000000a40000', 'hex');
  const e = Buffer.concat([number('e').reverse(), Buffer.alloc(4)]).subarray(0, 4);
  return Buffer.concat([header, text('RSA2'), u32(1024), e, ...numbers.map(([name, size]) => fixed(name, size))]);
}

/** sshkey_private_serialize of an Ed25519 key: type, public key, seed ‖ public key. */
function sshWire() {
  const { d, x } = ed.export({ format: 'jwk' });
  const [seed, point] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')];
  const parts = [text('ssh-ed25519'), point, Buffer.concat([seed, point])];
  return Buffer.concat(parts.flatMap((part) => [u32(part.length, true), part]));
}

/** Numbers with zeros around them, as memory holds them: least significant byte first. */
function islands(...numbers) {
  return Buffer.concat(numbers.flatMap((bytes, i) => (i > 0 ? [Buffer.alloc(32), bytes] : [bytes])));
}

const little = (name) => Buffer.from(number(name)).reverse();
const scalar = Buffer.from(ec.export({ format: 'jwk' }).d, 'base64url');
const edJwk = ed.export({ format: 'jwk' });

/** Of the specimen: the same as in src/selftest/specimens.ts. */
function prekey() {
  const blocks = Array.from({ length: 256 }, (_, i) => createHash('sha512').update(`dumpsieve prekey ${i}`).digest());
  return Buffer.concat(blocks);
}

/** sshkey_shield_private: AES-256-CTR under the SHA-512 of the prekey, padded with 1, 2, 3 … */
function shielded() {
  const digest = createHash('sha512').update(prekey()).digest();
  const plain = Buffer.concat([sshWire(), u32(0, true)]);
  const padding = Buffer.from(Array.from({ length: 16 - (plain.length % 16) }, (_, i) => i + 1));
  const cipher = createCipheriv('aes-256-ctr', digest.subarray(0, 32), digest.subarray(32, 48));
  return cipher.update(Buffer.concat([plain, padding]));
}

/** FIPS 197 key expansion for AES-256, by the encryption itself: no table of ours. */
function schedule() {
  const key = randomBytes(32);
  const words = Array.from({ length: 8 }, (_, i) => key.readUInt32BE(4 * i));
  const box = (byte) => {
    // SubBytes of one byte: the last round of AES on a block that makes everything else vanish is awkward; inverses are not.
    let inverse = 0;
    for (let candidate = 1; candidate < 256 && byte !== 0; candidate++)
      if (times(byte, candidate) === 1) inverse = candidate;
    const turn = (by) => ((inverse << by) | (inverse >> (8 - by))) & 0xff;
    return inverse ^ turn(1) ^ turn(2) ^ turn(3) ^ turn(4) ^ 0x63;
  };
  const times = (a, b) => {
    let product = 0;
    for (let i = 0; i < 8; i++) {
      if ((b >> i) & 1) product ^= a;
      a = (a << 1) ^ (a & 0x80 ? 0x11b : 0);
    }
    return product;
  };
  const substitute = (word) =>
    [24, 16, 8, 0].reduce((out, shift) => (out | (box((word >>> shift) & 0xff) << shift)) >>> 0, 0);
  for (let i = 8, constant = 1; i < 60; i++) {
    let word = words[i - 1];
    if (i % 8 === 0) {
      word = (substitute(((word << 8) | (word >>> 24)) >>> 0) ^ (constant << 24)) >>> 0;
      constant <<= 1;
    } else if (i % 8 === 4) word = substitute(word);
    words.push((words[i - 8] ^ word) >>> 0);
  }
  return Buffer.concat(words.map((word) => u32(word, true)));
}

function opensshBinary() {
  const body = fixture('openssh/ed25519.key')
    .toString('latin1')
    .replace(/-----[^-]+-----|\s/g, '');
  return Buffer.from(body, 'base64');
}

const published = (file) =>
  fixture('text/manifest.tsv')
    .toString()
    .split('\n')
    .map((line) => line.split('\t'))
    .find(([name]) => name === file)[1];
const generated = Object.fromEntries(
  [
    ['ed448', 'ed448'],
    ['x25519', 'x25519'],
    ['session', 'x25519'],
  ].map(([name, type]) => {
    const { privateKey, publicKey } = generateKeyPairSync(type);
    const { d, x } = privateKey.export({ format: 'jwk' });
    const halves = [d, x].map((part) => Buffer.from(part, 'base64url'));
    return [name, { halves, spki: publicKey.export({ type: 'spki', format: 'der' }) }];
  }),
);
const okp = (type) => generated[type].halves;
const kemSeed = randomBytes(64);

/** rule, bytes, SPKI hash of the key or undefined, whether the location must be exactly these bytes. */
const specimens = [
  ['pem-private-key', text(ec.export({ type: 'pkcs8', format: 'pem' }).trim()), spkiOf(ec), true],
  ['pkcs8-private-key', pkcs8, spkiOf(rsa), true],
  ['pkcs1-private-key', rsa.export({ type: 'pkcs1', format: 'der' }), spkiOf(rsa), true],
  ['sec1-private-key', ec.export({ type: 'sec1', format: 'der' }), spkiOf(ec), true],
  ['dsa-private-key', dsaDer, spkiOf(dsaPem), true],
  ['base64-private-key', text(pkcs8.toString('base64').replace(/=+$/, '')), spkiOf(rsa), true],
  [
    'encrypted-private-key',
    ed.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: sha256('unimportant') }),
    undefined,
    true,
  ],
  // With so many iterations that no password is tried: key derivation would cost more than all the rest.
  ['pkcs12-keystore', fixture('pkcs12/slow.p12'), undefined, true],
  [
    'java-keystore',
    fixture('java-keystore/own.jks'),
    sha256(spkiOfCertificate('java-keystore/own.jks.one.der')),
    false,
  ],
  ['openssh-private-key', opensshBinary(), undefined, true],
  ['openssh-wire-private-key', sshWire(), spkiOf(ed), true],
  [
    'putty-private-key',
    text(fixture('text/eddsa255-v3.ppk').toString('latin1').trim()),
    published('eddsa255-v3.ppk'),
    false,
  ],
  ['openpgp-secret-key', fixture('openpgp/ed25519.pgp'), undefined, false],
  ['jwk-private-key', text(JSON.stringify(ec.export({ format: 'jwk' }))), spkiOf(ec), true],
  ['xml-private-key', text(`<RSAKeyValue>${xml.join('')}</RSAKeyValue>`), spkiOf(rsa), true],
  ['cng-private-key', cng(), spkiOf(rsa), true],
  ['capi-private-key', capi(), spkiOf(rsa), true],
  ['libgcrypt-private-key', fixture('libgcrypt/ed25519-2.memory'), undefined, false],
  [
    'age-identity',
    text(/AGE-SECRET-KEY-\S+/.exec(fixture('text/age.txt').toString('latin1'))[0]),
    published('age.txt'),
    true,
  ],
  [
    'minisign-secret-key',
    text(fixture('text/minisign.key').toString('latin1').trim()),
    published('minisign.key'),
    false,
  ],
  ['wireguard-private-key', text(fixture('text/wg0.conf').toString('latin1').trim()), published('wg0.conf'), false],
  // The first of its entries.
  ['kerberos-keytab', fixture('kerberos/service.keytab').subarray(0, 89), undefined, false],
  // The first of its tickets; of the .kirbi file what is behind the ticket.
  ['kerberos-ticket', fixture('kerberos/robot.ccache').subarray(0, 797), undefined, false],
  ['kerberos-session-key', fixture('kerberos/robot.kirbi').subarray(472), undefined, false],
  ['dpapi-blob', dpapi(), undefined, true],
  ['rsa-numbers', islands(little('p'), little('q'), little('n')), spkiOf(rsa), false],
  [
    'ec-scalar',
    islands(Buffer.from(scalar).reverse(), createPublicKey(ec).export({ type: 'spki', format: 'der' })),
    spkiOf(ec),
    false,
  ],
  [
    'ec-session-scalar',
    islands(
      ...(() => {
        const { d, x } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
        return [d, x].map((part) => Buffer.from(part, 'base64url').reverse());
      })(),
    ),
    undefined,
    false,
  ],
  ['ed25519-seed', Buffer.concat([edJwk.d, edJwk.x].map((part) => Buffer.from(part, 'base64url'))), spkiOf(ed), false],
  // Behind the prekey, which src/selftest/specimens.ts makes.
  ['openssh-shielded-key', shielded(), spkiOf(ed), false],
  ['aes-key-schedule', schedule(), undefined, true],
  ['ed448-seed', Buffer.concat(okp('ed448')), undefined, false],
  ['x25519-scalar', islands(okp('x25519')[0], generated.x25519.spki), undefined, false],
  ['x25519-session-scalar', Buffer.concat(okp('session')), undefined, false],
  ['pq-seed', islands(kemSeed, ml_kem768.keygen(kemSeed).publicKey.subarray(-32)), undefined, false],
  [
    'chacha20-state',
    Buffer.concat([text('expand 32-byte k'), randomBytes(32), u32(7), randomBytes(12)]),
    undefined,
    true,
  ],
];

function spkiOfCertificate(file) {
  return createPublicKey({ key: execFileSync('openssl', ['x509', '-inform', 'DER'], { input: fixture(file) }) }).export(
    {
      type: 'spki',
      format: 'der',
    },
  );
}

const rows = specimens.map(([rule, bytes, spki, exact]) => {
  const inverted = Buffer.from(bytes.map((byte) => byte ^ 0xff));
  return `  ['${rule}', ${spki ? `'${spki}'` : 'undefined'}, ${exact}, '${inverted.toString('base64')}'],`;
});
const file = `/** Made by scripts/make-specimens.mjs. Throwaway keys, published with this file: the bytes are inverted. */
export const SPECIMEN_DATA: ReadonlyArray<
  readonly [rule: string, spkiSha256: string | undefined, exact: boolean, inverted: string]
> = [
${rows.join('\n')}
];
`;
writeFileSync(new URL('../src/selftest/specimens.data.ts', import.meta.url), file);
console.log(`${rows.length} specimens, ${file.length} characters`);
