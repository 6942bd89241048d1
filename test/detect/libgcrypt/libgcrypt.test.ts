import { describe, expect, it } from 'vitest';
import { libgcryptDetector } from '../../../src/detect/libgcrypt/detector.js';
import { parsePrivateKeySexp } from '../../../src/detect/libgcrypt/parse.js';
import { atomText, readSexp, type Sexp } from '../../../src/detect/libgcrypt/sexp.js';
import { FormatError } from '../../../src/errors.js';
import { cpuTimer } from '../../support/cpu.js';
import { cutEverywhere, fixture, flipBits, onlyExpected, plant, scan } from '../binary-harness.js';
import { printedSpkis } from '../openpgp/armour.js';

/** gpg-agent's files: name of the OpenPGP key, which of its keys, file. */
const AGENT = Buffer.from(fixture('libgcrypt/agent.tsv'))
  .toString('latin1')
  .trim()
  .split('\n')
  .map((line) => line.split('\t') as [string, string, string]);

const PLAIN = AGENT.filter(([name, index]) => !name.startsWith('locked') && `${name}-${index}` !== 'dsa-2');
const LOCKED = AGENT.filter(([name]) => name.startsWith('locked'));

/** The tree of the expression in a file of gpg-agent, which is text behind `Key: ` or canonical. */
function treeOf(file: string): readonly Sexp[] {
  const bytes = fixture(`libgcrypt/${file}`);
  return readSexp(bytes.subarray(bytes.indexOf(0x28)), 'text').list;
}

type Encoder = (node: Sexp) => Buffer;

const canonical: Encoder = (node) =>
  node instanceof Uint8Array
    ? Buffer.concat([Buffer.from(`${node.length}:`), node])
    : Buffer.concat([Buffer.from('('), ...node.map(canonical), Buffer.from(')')]);

const advanced: Encoder = (node) => {
  if (!(node instanceof Uint8Array)) return Buffer.from(`(${node.map((child) => advanced(child)).join(' ')})\n`);
  const text = atomText(node) as string;
  return Buffer.from(/^[a-zA-Z][a-zA-Z0-9-]*$/.test(text) ? text : `#${Buffer.from(node).toString('hex')}#`);
};

/** Layout of libgcrypt's sexp.c: 3 opens, 1 and a 16-bit length is data, 4 closes, 0 stops. */
const memory: Encoder = (node) => Buffer.concat([inMemory(node), Buffer.alloc(1)]);
function inMemory(node: Sexp): Buffer {
  if (node instanceof Uint8Array) return Buffer.concat([Buffer.from([1, node.length & 255, node.length >> 8]), node]);
  return Buffer.concat([Buffer.from([3]), ...node.map(inMemory), Buffer.from([4])]);
}

describe('a private key s-expression', () => {
  it.each(PLAIN)('of gpg-agent (%s %s) is named by the numbers that gpg prints', (name, index, file) => {
    const spki = printedSpkis(name)[Number(index) - 1];
    const { found } = scan([libgcryptDetector], plant(fixture(`libgcrypt/${file}`), 31).bytes);
    expect(found).toMatchObject([{ rule: 'libgcrypt-private-key', severity: 'critical' }]);
    expect(found[0]?.confidence).toBe(spki === undefined ? 'parsed' : 'proven');
    expect(found[0]?.key?.spkiSha256).toBe(spki);
  });

  it.each([
    ['canonical', canonical],
    ['advanced', advanced],
    ['memory', memory],
  ] as const)('in %s notation is proven', (_notation, encode) => {
    for (const [name, index, file] of PLAIN) {
      const bytes = encode(treeOf(file));
      const planted = plant(bytes, 32);
      const { found } = scan([libgcryptDetector], planted.bytes);
      expect(found, file).toHaveLength(1);
      expect(found[0]?.from).toBe(planted.offset);
      expect(found[0]?.key?.spkiSha256).toBe(printedSpkis(name)[Number(index) - 1]);
    }
  });

  it.each([
    ['rsa', 0],
    ['nistp256', 0],
    ['ed25519', 1],
  ] as const)('as libgcrypt itself holds it in memory (%s) is proven', (name, index) => {
    const bytes = fixture(`libgcrypt/${name}-${index + 1}.memory`);
    const { found } = scan([libgcryptDetector], plant(bytes, 34).bytes);
    expect(found).toMatchObject([{ confidence: 'proven', key: { spkiSha256: printedSpkis(name)[index] } }]);
  });

  it('with big-endian lengths in memory is proven', () => {
    const be = (node: Sexp): Buffer =>
      node instanceof Uint8Array
        ? Buffer.concat([Buffer.from([1, node.length >> 8, node.length & 255]), node])
        : Buffer.concat([Buffer.from([3]), ...node.map(be), Buffer.from([4])]);
    const { found } = scan([libgcryptDetector], be(treeOf('rsa-1.key')));
    expect(found).toMatchObject([{ confidence: 'proven', key: { spkiSha256: printedSpkis('rsa')[0] } }]);
  });

  it.each(LOCKED)('that is protected (%s %s) is named by its public numbers', (name, index, file) => {
    const { found } = scan([libgcryptDetector], plant(fixture(`libgcrypt/${file}`), 33).bytes);
    expect(found).toMatchObject([{ confidence: 'parsed', severity: 'medium' }]);
    expect(found[0]?.key?.spkiSha256).toBe(printedSpkis(name)[Number(index) - 1]);
    expect(found[0]?.evidence[0]).toMatch(/^encrypted: openpgp-s2k3-/);
  });

  it('that is shadowed (on a card) or public is none', () => {
    const [, inner] = treeOf('rsa-1.key') as [Sexp, readonly Sexp[]];
    const publicPart = inner.filter((node) => node instanceof Uint8Array || 'ne'.includes(atomText(node[0]) as string));
    const shadowed = [
      Buffer.from('shadowed-private-key'),
      [...publicPart, [Buffer.from('shadowed'), Buffer.from('t1-v1')]],
    ];
    const publicKey = [Buffer.from('public-key'), publicPart];
    for (const tree of [shadowed, publicKey]) {
      expect(scan([libgcryptDetector], canonical(tree)).found).toEqual([]);
    }
    expect(parsePrivateKeySexp(canonical(shadowed))).toEqual([]);
  });

  it('gives the coefficient of the primes in their right order', () => {
    const [found] = scan([libgcryptDetector], fixture('libgcrypt/rsa-1.key')).found;
    expect(found?.evidence).toContain('q·qInv ≡ 1 mod p');
  });

  it('of ElGamal is none', () => {
    expect(parsePrivateKeySexp(canonical(treeOf('dsa-2.key')))).toEqual([]);
  });

  it('that is a format string, as in the library’s own code, is none', () => {
    const templates =
      '(private-key(rsa(n%m)(e%m)(d%m)(p%m)(q%m)(u%m)))\0(private-key\0(private-key (ecc (curve %s)(d %m)))';
    expect(scan([libgcryptDetector], Buffer.from(templates)).found).toEqual([]);
  });

  it('whose numbers do not belong together is none', () => {
    const [head, inner] = treeOf('rsa-1.key') as [Sexp, readonly Sexp[]];
    const damaged = inner.map((node) => {
      if (node instanceof Uint8Array || atomText(node[0]) === 'e') return node;
      const value = (node[1] as Uint8Array).slice();
      value[20] = (value[20] as number) ^ 1;
      return [node[0] as Sexp, value];
    });
    expect(scan([libgcryptDetector], canonical([head, damaged])).found).toEqual([]);
  });
});

describe('the reader of s-expressions', () => {
  it('reads both notations mixed', () => {
    const { list, length } = readSexp(Buffer.from('(a 3:b(c "d e" (f #00 ff#))trailing'), 'text');
    expect(length).toBe(27);
    expect(
      list.map((node) =>
        node instanceof Uint8Array ? atomText(node) : node.map((child) => atomText(child as Uint8Array)),
      ),
    ).toEqual(['a', 'b(c', 'd e', ['f', '\0\xff']]);
  });

  it('refuses depth and length beyond all keys', () => {
    expect(() => readSexp(Buffer.from('('.repeat(100)), 'text')).toThrow(FormatError);
    expect(() => readSexp(Buffer.from(`(${'a '.repeat(1000)})`), 'text')).toThrow(FormatError);
    expect(onlyExpected(() => readSexp(Buffer.from('(999999:a'), 'text'))).toBeUndefined();
  });
});

describe('damage', () => {
  it('gives a FormatError, a BoundsError, or what can be proven', () => {
    for (const [, , file] of AGENT) {
      for (const encode of [canonical, advanced, memory]) {
        const bytes = encode(treeOf(file));
        cutEverywhere(bytes, (cut) => void onlyExpected(() => parsePrivateKeySexp(cut)), 11);
        flipBits(bytes, 20, 4, (damaged) => void scan([libgcryptDetector], damaged));
      }
    }
  });

  it('of anchors without keys takes bounded time', () => {
    for (const pattern of [
      '(11:private-key(',
      '(private-key (rsa (n ',
      '(private-key#00',
      '\x03\x01\x0b\0private-key\x03\x01',
    ]) {
      const bytes = Buffer.alloc(256 * 1024, pattern, 'latin1');
      const elapsed = cpuTimer();
      expect(scan([libgcryptDetector], bytes).found).toEqual([]);
      expect(elapsed(), pattern).toBeLessThan(3000);
    }
  });
});
