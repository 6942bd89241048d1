/**
 * AES key schedules (FIPS 197 section 5.2): words of which each is the XOR of the one before and the one a key's length
 * back, but every Nk-th, which goes through a substitution first. The plain recurrence holds whatever the byte order
 * within words is; the substitution is checked in both, so a schedule is proven by itself.
 */

export interface Schedule {
  /** Index of the first byte. */
  readonly from: number;
  readonly length: number;
  readonly bits: 128 | 192 | 256;
  /** Whether words are stored with their bytes reversed, as 32-bit big-endian code on little-endian machines does. */
  readonly swapped: boolean;
}

const SIZES = [
  { bits: 128, nk: 4, words: 44 },
  { bits: 192, nk: 6, words: 52 },
  { bits: 256, nk: 8, words: 60 },
] as const;

const SBOX = makeSbox();

/** The AES substitution box: inverses in GF(2^8), and an affine map. */
function makeSbox(): Uint8Array {
  const box = new Uint8Array(256);
  let p = 1;
  let q = 1;
  do {
    p = (p ^ (p << 1) ^ (p & 0x80 ? 0x1b : 0)) & 0xff;
    q ^= q << 1;
    q ^= q << 2;
    q ^= q << 4;
    q &= 0xff;
    if (q & 0x80) q ^= 0x09;
    box[p] = q ^ rotate8(q, 1) ^ rotate8(q, 2) ^ rotate8(q, 3) ^ rotate8(q, 4) ^ 0x63;
  } while (p !== 1);
  box[0] = 0x63;
  return box;
}

function rotate8(value: number, by: number): number {
  return ((value << by) | (value >> (8 - by))) & 0xff;
}

/** Every schedule that begins in `[from, to)`, at a multiple of four bytes from `from`. */
export function findSchedules(bytes: Uint8Array, from: number, to: number): Schedule[] {
  const found: Schedule[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (at: number): number => view.getUint32(at, true);
  for (let at = from; at + 176 <= to; at += 4) {
    for (const { bits, nk, words } of SIZES) {
      const length = words * 4;
      if (at + length > to) continue;
      // The second word behind the key: no substitution there.
      if (word(at + 4 * (nk + 1)) !== (word(at + 4) ^ word(at + 4 * nk)) >>> 0) continue;
      const swapped = [false, true].find((order) => isSchedule(word, at, nk, words, order));
      if (swapped === undefined) continue;
      found.push({ from: at, length, bits, swapped });
      at += length - 4;
      break;
    }
  }
  return found;
}

function isSchedule(word: (at: number) => number, at: number, nk: number, words: number, swapped: boolean): boolean {
  let constant = 1;
  let nonzero = false;
  for (let i = nk; i < words; i++) {
    let mixed = word(at + 4 * (i - 1));
    if (i % nk === 0) {
      mixed = substitute(swapped ? rotate(mixed, 8) : rotate(mixed, 24));
      mixed = (mixed ^ (swapped ? constant << 24 : constant)) >>> 0;
      constant = ((constant << 1) ^ (constant & 0x80 ? 0x11b : 0)) & 0xff;
    } else if (nk === 8 && i % nk === 4) {
      mixed = substitute(mixed);
    }
    const value = word(at + 4 * i);
    if (value !== (mixed ^ word(at + 4 * (i - nk))) >>> 0) return false;
    nonzero ||= value !== 0;
  }
  return nonzero;
}

function rotate(value: number, left: number): number {
  return ((value << left) | (value >>> (32 - left))) >>> 0;
}

function substitute(value: number): number {
  return (
    ((SBOX[value & 0xff] as number) |
      ((SBOX[(value >>> 8) & 0xff] as number) << 8) |
      ((SBOX[(value >>> 16) & 0xff] as number) << 16) |
      ((SBOX[value >>> 24] as number) << 24)) >>>
    0
  );
}
