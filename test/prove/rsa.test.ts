import { checkPrimeSync, generatePrimeSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { identify } from '../../src/prove/identity.js';
import { proveRsa } from '../../src/prove/rsa.js';
import type { RsaPrivateKey } from '../../src/types.js';
import { cpuTimer } from '../support/cpu.js';
import { Random } from '../support/random.js';
import { rsaKey, rsaNumbers, spkiOf } from './keys.js';

const key = rsaKey(2048);
const numbers = rsaNumbers(key);
const { n, e, d, p, q, dp, dq, qInv } = numbers;
const spki = spkiOf(key);
const random = new Random(7);

/** The name of what is proven of these numbers. */
function named(subset: Omit<RsaPrivateKey, 'type'>): string | undefined {
  const proof = proveRsa({ type: 'rsa', ...subset });
  return proof?.confidence === 'proven' && proof.publicKey ? identify(proof.publicKey).spkiSha256 : undefined;
}

function randomOdd(bits: number): bigint {
  const value = BigInt(`0x${Buffer.from(random.bytes(bits / 8)).toString('hex')}`);
  return value | 1n | (1n << BigInt(bits - 1));
}

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
const phi = (p - 1n) * (q - 1n);
const lambda = phi / gcd(p - 1n, q - 1n);

describe('an RSA key is proven', () => {
  it('by all its relations', () => {
    expect(proveRsa(numbers)).toMatchObject({
      confidence: 'proven',
      evidence: ['p·q = n', 'e·d ≡ 1 mod λ(n)', 'e·dp ≡ 1 mod p−1', 'e·dq ≡ 1 mod q−1', 'q·qInv ≡ 1 mod p'],
      publicKey: { type: 'rsa', n, e },
    });
  });

  it.each<[string, Omit<RsaPrivateKey, 'type'>]>([
    ['n, e, p, q', { n, e, p, q }],
    ['n, e, p', { n, e, p }],
    ['n, e, q', { n, e, q }],
    ['n, e, d', { n, e, d }],
    ['n, d and a usual e', { n, d }],
    ['n, e and a d that is reduced modulo φ(n)', { n, e, d: d + lambda < phi ? d + lambda : d }],
    ['e, d, p, q', { e, d, p, q }],
    ['p, q, dp, the public exponent derived', { p, q, dp }],
    ['p, q, dq', { p, q, dq }],
    ['p, q, d', { p, q, d }],
    ['p, q, qInv', { p, q, qInv, e }],
    ['n, p, q, with e taken for granted', { n, p, q }],
    ['q in the place of p', { n, e, d, p: q, q: p }],
  ])('from %s', (_name, subset) => {
    expect(named(subset)).toBe(spki);
  });

  it.each(['n', 'd', 'p', 'q', 'dp', 'dq', 'qInv'] as const)('with damage to %s', (member) => {
    const damaged = { ...numbers, [member]: numbers[member] ^ (1n << 300n) };
    expect(named(damaged)).toBe(spki);
  });

  it('with a damaged e, by the exponent that d belongs to', () => {
    expect(named({ ...numbers, e: e ^ (1n << 9n) })).toBe(spki);
  });

  it('with another public exponent', () => {
    const other = rsaKey(1024, 35);
    const { dp: otherDp, ...rest } = rsaNumbers(other);
    expect(named(rest)).toBe(spkiOf(other));
    expect(named({ p: rest.p, q: rest.q, dp: otherDp })).toBe(spkiOf(other));
    expect(named({ n: rest.n, e: rest.e, d: rest.d })).toBe(spkiOf(other));
  });

  it('from d modulo λ(n) when p−1 and q−1 share a large factor', () => {
    // 1000-bit primes of the form 1 + 2·f·k are rare enough to be searched for here with f = 3^7·5^3.
    const f = 2n * 3n ** 7n * 5n ** 3n;
    const prime = () => {
      for (;;) {
        const candidate = 1n + f * randomOdd(272) * 2n;
        if (fermat(candidate)) return candidate;
      }
    };
    const [p1, q1] = [prime(), prime()];
    const order = ((p1 - 1n) * (q1 - 1n)) / gcd(p1 - 1n, q1 - 1n);
    const exponent = inverse(65537n, order);
    const proof = proveRsa({ type: 'rsa', n: p1 * q1, e: 65537n, d: exponent });
    expect(proof?.evidence).toEqual(['e·d ≡ 1 mod λ(n), from which n factors']);
  });
});

describe('a cut private exponent', () => {
  it('proves the fragment when well over half of it is left', () => {
    const missingBits = 1024 - 64;
    expect(named({ n, e, partialD: { top: d >> BigInt(missingBits), missingBits } })).toBe(spki);
    expect(named({ n, e, partialD: { top: d >> 8n, missingBits: 8 } })).toBe(spki);
  });

  it('proves nothing when half of it or less is left', () => {
    expect(named({ n, e, partialD: { top: d >> 1024n, missingBits: 1024 } })).toBeUndefined();
    expect(named({ n, e, partialD: { top: d >> 2000n, missingBits: 2000 } })).toBeUndefined();
  });

  it('proves nothing when it is of another key', () => {
    const other = rsaNumbers(rsaKey(2048));
    expect(named({ n, e, partialD: { top: other.d >> 512n, missingBits: 512 } })).toBeUndefined();
  });

  it('is recognised when other bytes follow it', () => {
    const mixed = ((d >> 900n) << 900n) | (randomOdd(896) as bigint);
    expect(named({ n, e, d: mixed })).toBe(spki);
  });
});

describe('numbers that are no RSA key', () => {
  const other = rsaNumbers(rsaKey(2048));

  it.each<[string, Omit<RsaPrivateKey, 'type'>]>([
    ['a public key', { n, e }],
    ['n, e and the d of another key', { n, e, d: other.d }],
    ['n and the primes of another key', { n, e, p: other.p, q: other.q }],
    ['unrelated primes', { e, p, q: other.q }],
    ['primes and the exponents of others', { e, p, q, d: other.d, dp: other.dp, dq: other.dq, qInv: other.qInv }],
    ['p = q', { n: p * p, e, p, q: p }],
    ['a small modulus', { n: 3233n, e: 17n, d: 2753n, p: 61n, q: 53n }],
    ['factors that are not prime', { n: 15n * p * 21n * q, e, p: 15n * p, q: 21n * q }],
    ['zeros', { n: 0n, e: 0n, d: 0n, p: 0n, q: 0n, dp: 0n, dq: 0n, qInv: 0n }],
    ['ones', { n: 1n, e: 1n, d: 1n, p: 1n, q: 1n, dp: 1n, dq: 1n, qInv: 1n }],
    ['fill patterns', { n: 2n ** 2048n - 1n, e: 3n, d: (2n ** 2049n - 1n) / 3n }],
    ['nothing', {}],
  ])('%s', (_name, subset) => {
    expect(named(subset)).toBeUndefined();
  });

  it('random ones of the right sizes', () => {
    for (let round = 0; round < 20; round++) {
      const [n1, d1, p1, q1] = [2048, 2040, 1024, 1024].map(randomOdd);
      expect(named({ n: n1, e, d: d1, p: p1, q: q1, dp: d1, dq: d1, qInv: d1 })).toBeUndefined();
    }
  });

  it('costs little when it is larger than any key', () => {
    const huge = randomOdd(65536);
    const elapsed = cpuTimer();
    expect(named({ n: huge, e, d: huge - 2n, p: huge, q: huge })).toBeUndefined();
    expect(elapsed()).toBeLessThan(200);
  });
});

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === '1') result = (result * base) % modulus;
  }
  return result;
}

function fermat(value: bigint): boolean {
  return value % 3n !== 0n && value % 7n !== 0n && power(2n, value - 1n, value) === 1n;
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [r0, r1, s0, s1] = [modulus, value, 0n, 1n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1, s0, s1] = [r1, r0 - quotient * r1, s1, s0 - quotient * s1];
  }
  return ((s0 % modulus) + modulus) % modulus;
}

describe('the beginning of d', () => {
  it('belongs to n and e whatever p−1 and q−1 have in common', () => {
    // Primes with 30 and with 2·3·5·7·11 in both p−1 and q−1: d modulo λ(n) is then far from d modulo φ(n).
    for (const common of [2n, 6n, 18n, 22n, 30n, 2310n]) {
      const prime = () => {
        for (;;) {
          const start = generatePrimeSync(512, { bigint: true });
          // The next number of the form common·m + 1.
          let candidate = (start / common) * common + 1n;
          while (!checkPrimeSync(candidate) || (candidate - 1n) % 65_537n === 0n) candidate += common;
          return candidate;
        }
      };
      const [p, q] = [prime(), prime()];
      const n = p * q;
      const e = 65_537n;
      const d = modInverse(e, ((p - 1n) * (q - 1n)) / gcdOf(p - 1n, q - 1n));
      const missingBits = 400;
      const proof = proveRsa({ type: 'rsa', n, e, partialD: { top: d >> BigInt(missingBits), missingBits } });
      expect(proof?.confidence, `common factor ${common}`).toBe('proven');
      const wrong = proveRsa({
        type: 'rsa',
        n: n ^ (1n << 900n),
        e,
        partialD: { top: d >> BigInt(missingBits), missingBits },
      });
      expect(wrong).toBeUndefined();
    }
  });
});

function gcdOf(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcdOf(b, a % b);
}

function modInverse(value: bigint, modulus: bigint): bigint {
  let [r0, r1, s0, s1] = [modulus, value % modulus, 0n, 1n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1, s0, s1] = [r1, r0 - quotient * r1, s1, s0 - quotient * s1];
  }
  return ((s0 % modulus) + modulus) % modulus;
}
