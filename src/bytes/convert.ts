/** Conversions between byte strings, integers and text. None of them assumes an unshared buffer. */

/** Unsigned big-endian integer. */
export function bigintFromBytes(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  return BigInt(`0x${hex(bytes)}`);
}

/** Unsigned little-endian integer. */
export function bigintFromBytesLE(bytes: Uint8Array): bigint {
  return bigintFromBytes(bytes.slice().reverse());
}

/** Big-endian bytes of a non-negative integer, left-padded with zeros to `length` when given. */
export function bytesFromBigint(value: bigint, length?: number): Uint8Array {
  let digits = value.toString(16);
  if (digits.length % 2 === 1) digits = `0${digits}`;
  const bytes = value === 0n ? new Uint8Array(0) : Uint8Array.from(Buffer.from(digits, 'hex'));
  if (length === undefined) return bytes;
  if (bytes.length > length) throw new RangeError('integer does not fit its field');
  const padded = new Uint8Array(length);
  padded.set(bytes, length - bytes.length);
  return padded;
}

/** Lowercase hex. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** One character per byte, U+0000 to U+00FF. */
export function latin1(bytes: Uint8Array, from = 0, to = bytes.length): string {
  const end = Math.min(to, bytes.length);
  const start = Math.min(from, end);
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

/** The bytes of a string of characters U+0000 to U+00FF. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The number of significant bits of a non-negative integer. */
export function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}
