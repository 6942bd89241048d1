import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openSshDetector, openSshWireDetector } from '../../../src/detect/openssh/detector.js';
import { parseOpenSshPrivateKey } from '../../../src/detect/openssh/parse.js';
import { cpuTimer } from '../../support/cpu.js';
import { cutEverywhere, fixture, flipBits, onlyExpected, plant, scan, spkiSha256 } from '../binary-harness.js';

const DETECTORS = [openSshDetector, openSshWireDetector];
const PLAIN = ['rsa', 'dsa', 'ecdsa256', 'ecdsa384', 'ecdsa521', 'ed25519'];
const ENCRYPTED = ['rsa-encrypted', 'ed25519-gcm', 'ed25519-chacha'];

/** Fingerprints as `ssh-keygen -l` prints them. */
const EXPECTED = new Map(
  Buffer.from(fixture('openssh/expected.tsv'))
    .toString('latin1')
    .trim()
    .split('\n')
    .map((line) => line.split('\t') as [string, string]),
);

function binary(name: string): Uint8Array {
  const text = Buffer.from(fixture(`openssh/${name}.key`)).toString('latin1');
  return Uint8Array.from(Buffer.from(text.replace(/-----[^-]+-----/g, ''), 'base64'));
}

function publicBlob(name: string): Buffer {
  return Buffer.from(
    Buffer.from(fixture(`openssh/${name}.pub`))
      .toString('latin1')
      .split(' ')[1] as string,
    'base64',
  );
}

function ssh(...fields: Array<Uint8Array | string>): Buffer {
  return Buffer.concat(
    fields.flatMap((field) => {
      const bytes = Buffer.from(field);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A JWK number as an mpint. */
function mpint(base64url: string | undefined): Buffer {
  const bytes = Buffer.from(base64url as string, 'base64url');
  return (bytes[0] as number) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes;
}

/** The private serialisation alone: from the section of a plain container, between check integers and comment. */
function wireOf(name: string): Uint8Array {
  const bytes = binary(name);
  const blob = publicBlob(name);
  const section = Buffer.from(bytes).lastIndexOf(blob.subarray(0, 4 + blob.readUInt32BE(0)));
  const comment = Buffer.from(bytes).lastIndexOf(`fixture ${name}`) - 4;
  return bytes.slice(section, comment);
}

describe('openssh-key-v1', () => {
  it.each(PLAIN)('with a plain %s key is proven and named as ssh-keygen names it', (name) => {
    const planted = plant(binary(name), 1);
    const found = scan([openSshDetector], planted.bytes).found;
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      rule: 'openssh-private-key',
      confidence: 'proven',
      severity: 'critical',
      from: planted.offset,
      to: planted.offset + binary(name).length,
    });
    expect(found[0]?.key?.sshFingerprint).toBe(EXPECTED.get(name));
    expect(found[0]?.evidence).toContain('OpenSSH check integers agree');
    expect(found[0]?.evidence).not.toContain('structure cut or damaged');
  });

  it.each(ENCRYPTED)('that is encrypted (%s) is named by its public blob', (name) => {
    const planted = plant(binary(name), 2);
    const found = scan(DETECTORS, planted.bytes).found;
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      confidence: 'parsed',
      severity: 'medium',
      to: planted.offset + binary(name).length,
    });
    expect(found[0]?.key?.sshFingerprint).toBe(EXPECTED.get(name));
  });

  it('tells cipher and rounds', () => {
    const [secret] = parseOpenSshPrivateKey(binary('rsa-encrypted'));
    expect(secret).toMatchObject({ kind: 'encrypted-key', protection: 'aes256-ctr, bcrypt with 16 rounds' });
  });

  it('with unequal check integers is not whole', () => {
    const bytes = binary('ed25519');
    const at = Buffer.from(bytes).lastIndexOf('ssh-ed25519') - 8;
    bytes[at] = (bytes[at] as number) ^ 1;
    expect(parseOpenSshPrivateKey(bytes)).toMatchObject([{ whole: false, key: { type: 'okp' } }]);
  });

  it('with wrong padding is not whole', () => {
    const bytes = binary('ed25519');
    bytes[bytes.length - 1] = 0x77;
    expect(parseOpenSshPrivateKey(bytes)).toMatchObject([{ whole: false }]);
    expect(parseOpenSshPrivateKey(binary('ed25519'))).toMatchObject([{ whole: true }]);
  });

  it('with a hardware key holds no private key', () => {
    const blob = ssh('sk-ssh-ed25519@openssh.com', Buffer.alloc(32, 7), 'ssh:');
    const section = Buffer.concat([u32(5), u32(5), blob, Buffer.from([1]), ssh('handle', '', 'comment')]);
    const head = Buffer.concat([Buffer.from('openssh-key-v1\0'), ssh('none', 'none', ''), u32(1), ssh(blob, section)]);
    expect(parseOpenSshPrivateKey(head)).toEqual([]);
  });

  it('with two keys gives both', () => {
    const section = Buffer.concat([u32(5), u32(5), wireOf('ed25519'), ssh('a'), wireOf('ecdsa256'), ssh('b')]);
    const head = Buffer.concat([
      Buffer.from('openssh-key-v1\0'),
      ssh('none', 'none', ''),
      u32(2),
      ssh('', '', section),
    ]);
    expect(parseOpenSshPrivateKey(head)).toMatchObject([{ key: { type: 'okp' } }, { key: { type: 'ec' } }]);
  });

  it('with an RSA key that is cut behind half of d is proven all the same', () => {
    const bytes = binary('rsa');
    const wire = wireOf('rsa');
    const start = Buffer.from(bytes).indexOf(wire);
    // type, n, e, then d, of which 200 of 256 bytes are left.
    const cut = bytes.subarray(0, start + 11 + 4 + 257 + 4 + 3 + 4 + 200);
    const found = scan([openSshDetector], cut).found;
    expect(found).toHaveLength(1);
    expect(found[0]?.key?.sshFingerprint).toBe(EXPECTED.get('rsa'));
    expect(found[0]).toMatchObject({ confidence: 'proven' });
    expect(found[0]?.evidence).toContain('structure cut or damaged');
  });
});

describe('the private serialisation of agents', () => {
  it.each(PLAIN)('of a %s key is proven', (name) => {
    const wire = wireOf(name);
    const planted = plant(wire, 3);
    const found = scan([openSshWireDetector], planted.bytes).found;
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      rule: 'openssh-wire-private-key',
      confidence: 'proven',
      from: planted.offset,
      to: planted.offset + wire.length,
    });
    expect(found[0]?.key?.sshFingerprint).toBe(EXPECTED.get(name));
  });

  it.each(['rsa', 'ecdsa256', 'ed25519'])('with a certificate for %s is proven', (name) => {
    const certificate = publicBlob(`${name}-cert`);
    const type = certificate.subarray(4, 4 + certificate.readUInt32BE(0));
    const wire = wireOf(name);
    // What the key's own serialisation has after type and public numbers.
    const skipped = { rsa: 2, ecdsa256: 2, ed25519: 0 }[name] as number;
    let at = 4 + Buffer.from(wire).readUInt32BE(0);
    for (let i = 0; i < skipped; i++) at += 4 + Buffer.from(wire).readUInt32BE(at);
    const bytes = Buffer.concat([ssh(type, certificate), wire.subarray(at)]);
    const found = scan([openSshWireDetector], plant(bytes, 4).bytes).found;
    expect(found).toHaveLength(1);
    expect(found[0]?.key?.sshFingerprint).toBe(EXPECTED.get(name));
  });

  it('made by node:crypto is named as node:crypto names it', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const jwk = privateKey.export({ format: 'jwk' });
    const wire = ssh('ssh-rsa', ...[jwk.n, jwk.e, jwk.d, jwk.qi, jwk.p, jwk.q].map(mpint));
    const [found] = scan(DETECTORS, wire).found;
    expect(found?.key?.spkiSha256).toBe(spkiSha256(publicKey));
    expect(found?.evidence).toContain('q·qInv ≡ 1 mod p');
  });

  it.each([...PLAIN, 'rsa-cert', 'ecdsa256-cert', 'ed25519-cert'])('is not seen in the public half of %s', (name) => {
    const blob = publicBlob(name);
    // As in an agent's list of identities: blobs with comments that could pass for numbers.
    const list = Buffer.concat([ssh(blob, 'comment of thirty-two characters'), ssh(blob, 'x'.repeat(33)), ssh(blob)]);
    expect(scan(DETECTORS, list).found).toEqual([]);
  });
});

describe('damage', () => {
  it('gives a FormatError, a BoundsError, or what arithmetic proves', () => {
    for (const name of [...PLAIN, ...ENCRYPTED]) {
      const bytes = binary(name);
      cutEverywhere(bytes, (cut) => void onlyExpected(() => parseOpenSshPrivateKey(cut)), 7);
      flipBits(bytes, 60, bytes.length, (damaged) => void scan(DETECTORS, damaged));
    }
  });

  it('never makes another key of one', () => {
    const allowed = new Set(EXPECTED.values());
    flipBits(binary('ecdsa256'), 300, 9, (damaged) => {
      for (const { confidence, key } of scan(DETECTORS, damaged).found) {
        if (confidence === 'proven') expect(allowed).toContain(key?.sshFingerprint);
      }
    });
  });

  it('by lying lengths costs no memory and no time', () => {
    const head = Buffer.concat([Buffer.from('openssh-key-v1\0'), ssh('none', 'none', ''), u32(0xffffffff)]);
    expect(onlyExpected(() => parseOpenSshPrivateKey(head))).toBeUndefined();
    const many = Buffer.concat(Array.from({ length: 20_000 }, () => Buffer.concat([ssh('ssh-rsa'), u32(0xff)])));
    const elapsed = cpuTimer();
    scan(DETECTORS, many);
    expect(elapsed()).toBeLessThan(2000);
  });
});
