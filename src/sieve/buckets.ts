/**
 * Distributes fingerprints over the eight buckets of the sieve's nibble tables, so that together they let through as few
 * positions of ordinary memory as possible. Only speed depends on it.
 */

export const BUCKETS = 8;
const LENGTH = 4;
/** Rounds in which each fingerprint may move to a better bucket. */
const SWEEPS = 2;

/**
 * Rough share of a byte value in process memory, in arbitrary units: zeros rule, then text and base64, small integers,
 * and the bytes of addresses.
 */
export function commonness(byte: number): number {
  if (byte === 0) return 40;
  if (byte === 0xff || byte === 0x7f || byte === 0x55) return 6;
  if (byte <= 0x10 || (byte >= 0x61 && byte <= 0x7a)) return 5;
  if ((byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || byte === 0x20) return 4;
  return byte === 0x22 || byte === 0x2b || byte === 0x2f || byte === 0x3d ? 3 : 1;
}

const SHARES = Float64Array.from({ length: 256 }, (_, byte) => commonness(byte));
const TOTAL = SHARES.reduce((sum, share) => sum + share, 0);

/** Which nibbles a bucket lets through at each of the four places, and the share of positions that pass. */
class Bucket {
  readonly members = new Set<readonly number[]>();
  readonly low = new Uint16Array(LENGTH);
  readonly high = new Uint16Array(LENGTH);
  rate = 0;

  /** The share that would pass with one more member. */
  rateWith(fingerprint: readonly number[]): number {
    let rate = 1;
    for (let i = 0; i < LENGTH; i++) {
      const byte = fingerprint[i] as number;
      rate *= shareOf((this.low[i] as number) | (1 << (byte & 15)), (this.high[i] as number) | (1 << (byte >> 4)));
    }
    return rate;
  }

  add(fingerprint: readonly number[]): void {
    this.rate = this.rateWith(fingerprint);
    this.members.add(fingerprint);
    this.#open(fingerprint);
  }

  delete(fingerprint: readonly number[]): void {
    this.members.delete(fingerprint);
    this.low.fill(0);
    this.high.fill(0);
    for (const member of this.members) this.#open(member);
    this.rate = this.members.size === 0 ? 0 : this.rateWith([...this.members][0] as readonly number[]);
  }

  #open(fingerprint: readonly number[]): void {
    for (let i = 0; i < LENGTH; i++) {
      const byte = fingerprint[i] as number;
      this.low[i] = (this.low[i] as number) | (1 << (byte & 15));
      this.high[i] = (this.high[i] as number) | (1 << (byte >> 4));
    }
  }
}

/** The same few sets are asked for again and again. */
const shares = new Map<number, number>();

function shareOf(low: number, high: number): number {
  const key = low * 65_536 + high;
  const known = shares.get(key);
  if (known !== undefined) return known;
  const share = sumOf(low, high);
  shares.set(key, share);
  return share;
}

function sumOf(low: number, high: number): number {
  let share = 0;
  for (let h = 0; h < 16; h++) {
    if (((high >> h) & 1) === 0) continue;
    for (let l = 0; l < 16; l++) if ((low >> l) & 1) share += SHARES[h * 16 + l] as number;
  }
  return share / TOTAL;
}

/** For four-byte fingerprints: 4 × {16 bytes by low nibble, 16 bytes by high nibble}, a bit for each bucket. */
export function encodeBuckets(fingerprints: ReadonlyArray<readonly number[]>): Uint8Array {
  const score = (bytes: readonly number[]) => bytes.reduce((product, byte) => product * commonness(byte), 1);
  // The most common ones first: they shape the buckets.
  const distinct = [...new Map(fingerprints.map((bytes) => [bytes.join(), bytes])).values()];
  const sorted = distinct.sort((a, b) => score(b) - score(a));
  const buckets = Array.from({ length: BUCKETS }, () => new Bucket());
  for (const fingerprint of sorted) bestFor(fingerprint, buckets).add(fingerprint);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const fingerprint of sorted) {
      buckets.find(({ members }) => members.has(fingerprint))?.delete(fingerprint);
      bestFor(fingerprint, buckets).add(fingerprint);
    }
  }
  return serialise(buckets);
}

/** The bucket that gains least by one more member. */
function bestFor(fingerprint: readonly number[], buckets: readonly Bucket[]): Bucket {
  let best = buckets[0] as Bucket;
  let bestGrowth = Number.POSITIVE_INFINITY;
  for (const bucket of buckets) {
    const growth = bucket.rateWith(fingerprint) - bucket.rate;
    if (growth < bestGrowth) [best, bestGrowth] = [bucket, growth];
  }
  return best;
}

function serialise(buckets: readonly Bucket[]): Uint8Array {
  const tables = new Uint8Array(LENGTH * 32);
  buckets.forEach(({ low, high }, index) => {
    for (let i = 0; i < LENGTH; i++) {
      for (let nibble = 0; nibble < 16; nibble++) {
        const at = i * 32 + nibble;
        if (((low[i] as number) >> nibble) & 1) tables[at] = (tables[at] as number) | (1 << index);
        if (((high[i] as number) >> nibble) & 1) tables[at + 16] = (tables[at + 16] as number) | (1 << index);
      }
    }
  });
  return tables;
}
