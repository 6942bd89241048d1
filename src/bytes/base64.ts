/**
 * Base64 and base64url (RFC 4648 sections 4 and 5), both alphabets at once, as it stands scattered in a text: collected
 * character by character with a map back to where each one stood.
 */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const NO_DIGIT = 64;
const DIGITS = new Uint8Array(128).fill(NO_DIGIT);
for (let i = 0; i < 64; i++) DIGITS[ALPHABET.charCodeAt(i)] = i;
DIGITS[0x2d] = 62; // - of base64url
DIGITS[0x5f] = 63; // _ of base64url

const PAD = 0x3d;

/** Whether the code unit is a digit of base64 or base64url. Padding is none. */
export function isBase64Digit(code: number): boolean {
  return code >= 0 && code < 128 && DIGITS[code] !== NO_DIGIT;
}

/**
 * The bytes of base64 text, standard or url alphabet, with or without padding. Undefined when another character is in
 * it, or when the length can be none of base64.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  const collected = new Base64Text();
  const trimmed = text.replace(/={1,2}$/, '');
  for (let i = 0; i < trimmed.length; i++) {
    const code = trimmed.charCodeAt(i);
    if (!isBase64Digit(code)) return undefined;
    collected.push(code, i);
  }
  return trimmed.length % 4 === 1 ? undefined : collected.decode();
}

/** Base64 digits in the order of the text, and for each the index at which it stood there. */
export class Base64Text {
  #codes = new Uint8Array(256);
  #length = 0;
  /** Starts of runs of adjacent characters: positions in the digits, and in the text. */
  readonly #runs: number[] = [];
  readonly #sources: number[] = [];
  #next = -1;

  /** Digits and padding characters collected so far. */
  get length(): number {
    return this.#length;
  }

  /** Appends a digit or a `=` that stood at `source` of the text. */
  push(code: number, source: number): void {
    if (this.#length === this.#codes.length) {
      const larger = new Uint8Array(this.#codes.length * 2);
      larger.set(this.#codes);
      this.#codes.fill(0);
      this.#codes = larger;
    }
    if (source !== this.#next) {
      this.#runs.push(this.#length);
      this.#sources.push(source);
    }
    this.#codes[this.#length++] = code;
    this.#next = source + 1;
  }

  /** The collected characters of `[from, to)`. */
  text(from: number, to = this.#length): string {
    return String.fromCharCode(...this.#codes.subarray(from, Math.min(to, this.#length, from + 1024)));
  }

  /** Digits before the first padding character. */
  get digits(): number {
    const pad = this.#codes.subarray(0, this.#length).indexOf(PAD);
    return pad < 0 ? this.#length : pad;
  }

  /** The bytes up to the first padding character. Digits at the end that make no whole byte are dropped. */
  decode(): Uint8Array {
    const digits = this.digits;
    const out = new Uint8Array(Math.floor((digits * 3) / 4));
    let bits = 0;
    let held = 0;
    let at = 0;
    for (let i = 0; i < digits; i++) {
      held = ((held << 6) | (DIGITS[this.#codes[i] as number] as number)) & 0xffff;
      bits += 6;
      if (bits >= 8) {
        bits -= 8;
        out[at++] = (held >> bits) & 0xff;
      }
    }
    return out;
  }

  /** Index in the text of the collected character `position`. */
  sourceOf(position: number): number {
    let low = 0;
    let high = this.#runs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#runs[middle] as number) <= position) low = middle;
      else high = middle - 1;
    }
    return (this.#sources[low] ?? 0) + position - (this.#runs[low] ?? 0);
  }

  /** The range of the text, half-open, whose characters hold the decoded bytes `[from, to)`. */
  sourceSpan(from: number, to: number): { from: number; to: number } {
    const first = Math.floor((from * 8) / 6);
    const last = Math.max(first, Math.ceil((to * 8) / 6) - 1);
    return { from: this.sourceOf(first), to: this.sourceOf(Math.min(last, Math.max(0, this.#length - 1))) + 1 };
  }

  /** Overwrites the collected characters. */
  wipe(): void {
    this.#codes.fill(0);
  }
}
