/** AVML blocks by hand, after its src/image.rs and Snappy's framing_format.txt: frames of plain data only. */
import { createHash } from 'node:crypto';

/** Bit by bit, as RFC 3720 defines it. */
export function slowCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}

function frame(type: number, data: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(type + data.length * 256);
  return Buffer.concat([head, data]);
}

function plainFrame(data: Uint8Array): Buffer {
  const crc = slowCrc32c(data);
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  return frame(1, Buffer.concat([sum, data]));
}

export function avmlBlock(
  address: number,
  memory: Uint8Array,
  padding = Buffer.alloc(0),
  identifier = 'sNaPpY',
): Buffer {
  const head = Buffer.alloc(32);
  head.write('AVML', 'latin1');
  head.writeUInt32LE(2, 4);
  head.writeBigUInt64LE(BigInt(address), 8);
  head.writeBigUInt64LE(BigInt(address + memory.length - 1), 16);
  const frames: Buffer[] = [frame(0xff, Buffer.from(identifier))];
  for (let at = 0; at < memory.length; at += 60_000) {
    frames.push(plainFrame(memory.subarray(at, at + 60_000)));
    const last = at + 60_000 >= memory.length;
    if (padding.length > 0 && !last) frames.push(frame(0xfe, padding));
  }
  const packed = Buffer.concat(frames);
  const trailer = Buffer.alloc(8);
  trailer.writeBigUInt64LE(BigInt(packed.length));
  return Buffer.concat([head, packed, trailer]);
}

export function limeBlock(address: number, memory: Uint8Array): Buffer {
  const head = Buffer.alloc(32);
  head.write('EMiL', 'latin1');
  head.writeUInt32LE(1, 4);
  head.writeBigUInt64LE(BigInt(address), 8);
  head.writeBigUInt64LE(BigInt(address + memory.length - 1), 16);
  return Buffer.concat([head, memory]);
}

/** Bytes that do not repeat and are the same each time. */
export function noise(length: number): Uint8Array {
  const blocks: Buffer[] = [];
  for (let i = 0; i * 32 < length; i++) blocks.push(createHash('sha256').update(String(i)).digest());
  return Uint8Array.from(Buffer.concat(blocks).subarray(0, length));
}
