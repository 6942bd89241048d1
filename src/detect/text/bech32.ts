/** Bech32 (BIP 173) without its limit of 90 characters, as age uses it. */

const CHARSET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const CHECKSUM_LENGTH = 6;

/** Whether the code unit is of the alphabet, in either case. */
export function isBech32Digit(code: number): boolean {
  return code > 0 && code < 128 && CHARSET.includes(String.fromCharCode(code).toLowerCase());
}

/**
 * The bytes behind `prefix` and the separator `1`. Undefined for a wrong checksum, mixed case, foreign characters and
 * padding that is not zero.
 */
export function decodeBech32(prefix: string, data: string): Uint8Array | undefined {
  const whole = prefix + data;
  if (whole !== whole.toLowerCase() && whole !== whole.toUpperCase()) return undefined;
  const values = [...data.toLowerCase()].map((digit) => CHARSET.indexOf(digit));
  if (values.length < CHECKSUM_LENGTH || values.includes(-1)) return undefined;
  const human = [...prefix.toLowerCase()].map((character) => character.charCodeAt(0));
  const expanded = [...human.map((code) => code >> 5), 0, ...human.map((code) => code & 31)];
  if (polymod([...expanded, ...values]) !== 1) return undefined;
  return eightBits(values.slice(0, -CHECKSUM_LENGTH));
}

function polymod(values: readonly number[]): number {
  let checksum = 1;
  for (const value of values) {
    const top = checksum >>> 25;
    checksum = ((checksum & 0x1ffffff) << 5) ^ value;
    for (const [i, generator] of GENERATOR.entries()) if ((top >> i) & 1) checksum ^= generator;
  }
  return checksum;
}

function eightBits(values: readonly number[]): Uint8Array | undefined {
  const out = new Uint8Array(Math.floor((values.length * 5) / 8));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const value of values) {
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = (held >> bits) & 0xff;
    }
  }
  return bits < 5 && (held & ((1 << bits) - 1)) === 0 ? out : undefined;
}
