/** A number is a key's when the dump holds the public half, whatever form that has. */
import { describe, expect, it } from 'vitest';
import { ecKey, edKey, Heap, type NumberKey, ordered, rsaKey, scanBytes } from './support.js';

const field = (bytes: Uint8Array): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
const mpint = (bytes: Buffer): Buffer =>
  field((bytes[0] as number) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);

/** As ssh-keygen writes it: RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section 4. */
function sshBlob({ name, part }: NumberKey): Buffer {
  const text = (value: string) => field(Buffer.from(value));
  if (name.startsWith('RSA')) return Buffer.concat([text('ssh-rsa'), mpint(part('e')), mpint(part('n'))]);
  if (name === 'Ed25519') return Buffer.concat([text('ssh-ed25519'), field(part('x'))]);
  const point = Buffer.concat([Buffer.of(4), part('x'), part('y')]);
  return Buffer.concat([text('ecdsa-sha2-nistp256'), text('nistp256'), field(point)]);
}

const FORMS: Readonly<Record<string, (key: NumberKey) => string | Buffer>> = {
  'SubjectPublicKeyInfo in DER': ({ spki }) => spki,
  'SubjectPublicKeyInfo in PEM': (key) => key.publicKey.export({ type: 'spki', format: 'pem' }) as string,
  'SubjectPublicKeyInfo in PEM in UTF-16': (key) =>
    Buffer.from(key.publicKey.export({ type: 'spki', format: 'pem' }) as string, 'utf16le'),
  'SubjectPublicKeyInfo in base64 without a label': ({ spki }) => `key=${spki.toString('base64')};`,
  'an SSH public key': (key) => `${sshBlob(key).toString('base64')} root@server`,
  'a blob of the SSH protocol': sshBlob,
  'a JSON Web Key': (key) => JSON.stringify(key.publicKey.export({ format: 'jwk' })),
  'a set of JSON Web Keys': (key) =>
    JSON.stringify({ keys: [{ kid: '1', ...key.publicKey.export({ format: 'jwk' }) }] }),
};
const RSA_FORMS: typeof FORMS = {
  'RSAPublicKey in PEM': (key) => key.publicKey.export({ type: 'pkcs1', format: 'pem' }) as string,
  'RSAPublicKey in DER': (key) => key.publicKey.export({ type: 'pkcs1', format: 'der' }),
};

const KEYS = [rsaKey(2048), ecKey('P-256'), edKey()];
const secretOf = (key: NumberKey): Buffer =>
  key.name === 'Ed25519' ? key.part('d') : ordered(key.part(key.name.startsWith('RSA') ? 'p' : 'd'), 'little');

describe.each(KEYS)('the secret of $name', (key) => {
  it('alone is nobody’s', async () => {
    const heap = new Heap(1);
    heap.put(secretOf(key));
    expect((await scanBytes(heap.bytes())).findings).toEqual([]);
  });

  it.each(Object.entries({ ...FORMS, ...(key.name.startsWith('RSA') && RSA_FORMS) }))(
    'is the key of %s',
    async (_form, encode) => {
      const heap = new Heap(1);
      const offset = heap.put(secretOf(key));
      heap.put(Buffer.from(encode(key)), 3);
      const { findings } = await scanBytes(heap.bytes());
      expect(findings.map(({ key: found, confidence }) => [found?.spkiSha256, confidence])).toEqual([
        [key.spkiSha256, 'proven'],
      ]);
      expect(findings[0]?.locations.map((place) => place.offset)).toEqual([offset]);
    },
  );
});
