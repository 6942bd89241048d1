/**
 * The search for a known RSA key at every byte: its primes by division, its private exponent by the fraction e·d/n, which
 * lies next to an integer. For `hunt`, where nothing is taken for granted: not where a number begins, nor what is left of
 * its surroundings. Residues modulo small primes are carried along from byte to byte, so that few places are divided.
 */
import type { RsaPrivateKey } from '../types.js';
import { exponentTest, type KnownModulus, keyByExponent, mayBeExponent, topOf } from './exponent-test.js';
import { type ByteOrder, describeOrder, ORDER } from './number-store.js';
import { isOddAndFull, mayBePrime, readNumber, WHEEL } from './numbers.js';

/** Of the different values that random bytes would have, a window with fewer than this share holds no key number. */
const VARIED = 0.8;

export interface SlideHit {
  readonly from: number;
  readonly to: number;
  readonly part: string;
  readonly key: RsaPrivateKey;
}

/** Everything of the known keys that begins in `[from, to)`; `bytes` go on behind. */
export function slide(
  bytes: Uint8Array,
  from: number,
  to: number,
  moduli: readonly KnownModulus[],
  onHit: (hit: SlideHit) => void,
): void {
  for (const [size, group] of bySize(moduli)) {
    const end = Math.min(bytes.length, to + size / 2 - 1);
    const varied = variedStarts(bytes, from, end, size / 2);
    for (const order of [ORDER.little, ORDER.big] as const) {
      slidePrimes(bytes, from, end, size / 2, order, varied, group, onHit);
      // One key in 256 has an exponent that is a byte shorter.
      for (const width of [size, size - 1]) {
        slideExponents(bytes, from, Math.min(bytes.length, to + width - 1), width, order, varied, group, onHit);
      }
    }
  }
}

/** By even number of bytes. */
function bySize(moduli: readonly KnownModulus[]): Map<number, KnownModulus[]> {
  const groups = new Map<number, KnownModulus[]>();
  for (const modulus of moduli) {
    const size = 2 * Math.ceil(modulus.n.toString(16).length / 4);
    const group = groups.get(size);
    if (group) group.push(modulus);
    else groups.set(size, [modulus]);
  }
  return groups;
}

function slidePrimes(
  bytes: Uint8Array,
  from: number,
  end: number,
  size: number,
  order: ByteOrder,
  varied: Uint8Array,
  moduli: readonly KnownModulus[],
  onHit: (hit: SlideHit) => void,
): void {
  if (end - from < size) return;
  // The byte that leaves on the significant side, times 256^size.
  let power = 1;
  for (let i = 0; i < size; i++) power = (power * 256) % WHEEL;
  const leaving = Int32Array.from({ length: 256 }, (_, byte) => (byte * power) % WHEEL);
  // Most significant bytes leave first: upwards for big-endian numbers, downwards for little-endian ones.
  const [first, step] = order === ORDER.big ? [from, 1] : [end - 1, -1];
  let residue = 0;
  for (let i = 0; i < size; i++) residue = (residue * 256 + (bytes[first + i * step] as number)) % WHEEL;
  const count = end - from - size + 1;
  for (let i = 0, at = first; i < count; i++, at += step) {
    if (mayBePrime(residue)) {
      const start = order === ORDER.big ? at : at - size + 1;
      if (varied[start - from] === 1 && isOddAndFull(bytes, start, size, order)) {
        tryPrime(bytes, start, size, order, moduli, onHit);
      }
    }
    residue =
      (residue * 256 + (bytes[at + size * step] ?? 0) + WHEEL - (leaving[bytes[at] as number] as number)) % WHEEL;
  }
}

function tryPrime(
  bytes: Uint8Array,
  at: number,
  size: number,
  order: ByteOrder,
  moduli: readonly KnownModulus[],
  onHit: (hit: SlideHit) => void,
): void {
  const p = readNumber(bytes, at, size, order);
  for (const { n, e } of moduli) {
    if (n % p !== 0n || p === n) continue;
    const part = `RSA prime, ${describeOrder(order)}`;
    onHit({ from: at, to: at + size, part, key: { type: 'rsa', n, e, p, q: n / p } });
  }
}

function slideExponents(
  bytes: Uint8Array,
  from: number,
  end: number,
  size: number,
  order: ByteOrder,
  varied: Uint8Array,
  moduli: readonly KnownModulus[],
  onHit: (hit: SlideHit) => void,
): void {
  for (const modulus of moduli) {
    const test = exponentTest(modulus, size);
    if (test === undefined) continue;
    for (let at = from; at + size <= end; at++) {
      const lowest = bytes[order === ORDER.big ? at + size - 1 : at] as number;
      if (varied[at - from] !== 1 || lowest % 2 === 0) continue;
      if (!mayBeExponent(test, topOf(bytes, at, size, order))) continue;
      const key = keyByExponent(modulus, bytes, at, size, order);
      if (key === undefined) continue;
      const part = `RSA private exponent, ${describeOrder(order)}`;
      onHit({ from: at, to: at + size, part, key });
    }
  }
}

/** For each start in `[from, end − size]`, 1 if the `size` bytes there are as varied as those of a key number. */
function variedStarts(bytes: Uint8Array, from: number, end: number, size: number): Uint8Array {
  const starts = new Uint8Array(Math.max(0, end - from));
  const least = Math.floor(VARIED * 256 * (1 - (255 / 256) ** size));
  const counts = new Int32Array(256);
  let different = 0;
  for (let at = from; at < end; at++) {
    const entering = bytes[at] as number;
    if (counts[entering] === 0) different++;
    counts[entering] = (counts[entering] as number) + 1;
    const start = at - size + 1;
    if (start < from) continue;
    if (different >= least) starts[start - from] = 1;
    const leaving = bytes[start] as number;
    counts[leaving] = (counts[leaving] as number) - 1;
    if (counts[leaving] === 0) different--;
  }
  return starts;
}
