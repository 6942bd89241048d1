/** Tells secrets from what else stands where one is expected: fill patterns, code, tables, text. */

/** Below this, even a key that its public half confirms is a pattern from a test. */
const MIN_DISTINCT_BYTES = 4;
/**
 * Part of the bytes that must be different from each other where nothing confirms a secret. Of 32 random bytes some 30
 * are, and fewer than 20 with a chance of one in ten million; pointers, code and text have 10 to 18.
 */
const RANDOM_SHARE = 5 / 8;
/** Part of the bytes that are printable in text, other bytes in its midst; of 32 random ones 12 are, and 26 never. */
const TEXT_SHARE = 0.8;

export function isPattern(secret: Uint8Array): boolean {
  return new Set(secret).size < MIN_DISTINCT_BYTES;
}

/** `secret`: 64 bytes or less; in longer ones repeats are common. Text is not random. */
export function looksRandom(secret: Uint8Array): boolean {
  if (new Set(secret).size < secret.length * RANDOM_SHARE) return false;
  const printable = secret.reduce((count, byte) => count + Number(byte >= 0x20 && byte < 0x7f), 0);
  return printable < secret.length * TEXT_SHARE;
}

/** Neighbours in 32 random bytes that differ by one: mostly none. */
const MAX_STEPS = 7;
/** Zeros among them: hardly ever three. */
const MAX_ZEROS = 3;

/** Whether the bytes are rather a table of a program: steps of one, many zeros. */
export function isTable(secret: Uint8Array): boolean {
  let [steps, zeros] = [0, 0];
  for (let i = 0; i < secret.length; i++) {
    if (secret[i] === 0) zeros++;
    if (i > 0 && Math.abs((secret[i] as number) - (secret[i - 1] as number)) === 1) steps++;
  }
  return steps > MAX_STEPS || zeros > MAX_ZEROS;
}

/** Pearson's χ² of 256 values has a mean of 255 and a deviation of 22.6 over random bytes: never eight of them. */
const MAX_CHI_SQUARE = 436;

/** Whether every value is about as frequent as among random bytes, of which there must be some thousands. */
export function looksUniform(bytes: Uint8Array): boolean {
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte] = (counts[byte] as number) + 1;
  const expected = bytes.length / 256;
  const sum = counts.reduce((total, count) => total + (count - expected) ** 2, 0);
  return sum / expected <= MAX_CHI_SQUARE;
}
