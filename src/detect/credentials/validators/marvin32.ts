/**
 * Marvin32 (SymCrypt lib/marvin32.c), the checksum of Microsoft's identifiable keys: over bytes, four at a time,
 * little-endian, with a seed of eight ASCII characters; both halves of the result are combined by XOR.
 */

export function marvin32(bytes: Uint8Array, seed: string): number {
  const view = new DataView(Uint8Array.from(Buffer.from(seed, 'latin1')).buffer);
  let high = view.getUint32(0);
  let low = view.getUint32(4);
  const mix = (word: number) => {
    low = (low + word) | 0;
    high ^= low;
    low = (rotate(low, 20) + high) | 0;
    high = rotate(high, 9) ^ low;
    low = (rotate(low, 27) + high) | 0;
    high = rotate(high, 19);
  };
  const whole = bytes.length & ~3;
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < whole; at += 4) mix(words.getUint32(at, true));
  let last = 0x80;
  for (let at = bytes.length - 1; at >= whole; at--) last = (last << 8) | (bytes[at] as number);
  mix(last);
  mix(0);
  return (low ^ high) >>> 0;
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}
