/**
 * Numbers in digits that do not fill their words: libtommath keeps 60 bits in each word of 64 (LibTomCrypt, Dropbear),
 * Python's integers 30 bits in each of 32; least digit first. The empty bits tell such a number from all others.
 */

export interface DigitForm {
  readonly name: string;
  /** Bits of a digit, and bytes of the word that holds it. */
  readonly bits: number;
  readonly bytes: number;
}

export const DIGITS_60: DigitForm = { name: 'digits of 60 bits', bits: 60, bytes: 8 };
export const DIGITS_30: DigitForm = { name: 'digits of 30 bits', bits: 30, bytes: 4 };
export const DIGIT_FORMS: readonly DigitForm[] = [DIGITS_60, DIGITS_30];

/** Bytes that a number of `bits` takes. */
export function digitsLength({ bits, bytes }: DigitForm, numberBits: number): number {
  return Math.ceil(numberBits / bits) * bytes;
}

/**
 * The number of at most `numberBits` in the digits at `from`, least byte first; undefined where a word has more bits than
 * a digit, or the number more than it may.
 */
export function readDigits(
  source: Uint8Array,
  from: number,
  form: DigitForm,
  numberBits: number,
): Uint8Array | undefined {
  const count = Math.ceil(numberBits / form.bits);
  if (from < 0 || from + count * form.bytes > source.length) return undefined;
  const mask = form.bits % 8 === 0 ? 0 : 0xff & ~((1 << (form.bits % 8)) - 1);
  // The top byte of each word first: it refuses nearly everything.
  for (let i = 0; i < count; i++) {
    if (((source[from + (i + 1) * form.bytes - 1] as number) & mask) !== 0) return undefined;
  }
  let value = 0n;
  for (let i = count - 1; i >= 0; i--) {
    let digit = 0n;
    for (let j = form.bytes - 1; j >= 0; j--) {
      digit = (digit << 8n) | BigInt(source[from + i * form.bytes + j] as number);
    }
    value = (value << BigInt(form.bits)) | digit;
  }
  if (value >> BigInt(numberBits) !== 0n) return undefined;
  const size = Math.ceil(numberBits / 8);
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(2 * size, '0'), 'hex')).reverse();
}

/** The digits of a number, as they stand in memory. */
export function toDigits(value: bigint, form: DigitForm, numberBits: number): Uint8Array {
  const out = new Uint8Array(digitsLength(form, numberBits));
  const mask = (1n << BigInt(form.bits)) - 1n;
  for (let i = 0, rest = value; i * form.bytes < out.length; i++, rest >>= BigInt(form.bits)) {
    let digit = rest & mask;
    for (let j = 0; j < form.bytes; j++, digit >>= 8n) out[i * form.bytes + j] = Number(digit & 0xffn);
  }
  return out;
}
