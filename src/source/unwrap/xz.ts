/**
 * xz, file format 1.2.1 (tukaani.org/xz/xz-file-format.txt): streams, each a header, blocks, an index and a footer, with
 * zeros between them. Decoded here, since xz-decompress takes whatever dictionary a file asks for and waits for ever when
 * an xz file lies within another.
 */
import { crc32 } from 'node:zlib';
import { Fields } from '../../bytes/read.js';
import type { Chunks } from './chunks.js';
import { framed } from './framed.js';
import type { Packed } from './packed.js';
import { number, xzBlock, xzBlockHeader } from './xz-block.js';
import { xzCheck } from './xz-checks.js';

const MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
const isStream = (head: Uint8Array) => MAGIC.every((byte, index) => head[index] === byte);

export const xz = framed({ name: 'xz', matches: isStream, magicLength: 6, begins: isStream, frame: stream });

/** What the blocks were, to be compared with the index. */
interface Seen {
  count: bigint;
  /** Header, packed data and check, without padding. */
  packed: bigint;
  size: bigint;
}

async function* stream(packed: Packed, magic: Uint8Array): Chunks {
  const at = packed.offset - magic.length;
  const header = await packed.exactly(6);
  const flags = header.subarray(0, 2);
  if (crc32(flags) !== new Fields(header, true).u32(2)) throw packed.damaged(at);
  if (flags[0] !== 0 || (flags[1] ?? 0) > 15) throw packed.unsupported('a stream has unknown flags', at);
  const check = xzCheck(flags[1] ?? 0);
  const seen: Seen = { count: 0n, packed: 0n, size: 0n };
  for (;;) {
    const start = packed.offset;
    const first = await packed.u8();
    if (first === 0) break;
    const block = await xzBlockHeader(packed, first);
    const dataStart = packed.offset;
    const running = check.start();
    let size = 0;
    for await (const piece of xzBlock(packed, block)) {
      running.update(piece);
      size += piece.length;
      yield piece;
    }
    const packedSize = packed.offset - dataStart;
    if ((block.size ?? BigInt(size)) !== BigInt(size)) packed.mismatch('the size');
    if ((block.packedSize ?? BigInt(packedSize)) !== BigInt(packedSize)) throw packed.damaged(start);
    const unpadded = packed.offset - start + check.length;
    const padding = await packed.exactly((4 - (packedSize % 4)) % 4);
    if (padding.some((byte) => byte !== 0)) throw packed.damaged();
    const expected = await packed.exactly(check.length);
    const digest = running.digest();
    if (digest.length === expected.length && !Buffer.from(digest).equals(expected)) packed.mismatch('the checksum');
    seen.count++;
    seen.packed += BigInt(unpadded);
    seen.size += BigInt(size);
  }
  const indexSize = await index(packed, seen);
  await footer(packed, flags, indexSize);
}

/** Section 4; its indicator, a zero, was taken. Gives its size. */
async function index(packed: Packed, seen: Seen): Promise<number> {
  const start = packed.offset - 1;
  let crc = crc32(Uint8Array.of(0));
  const next = async () => {
    const cursor = { bytes: new Uint8Array(9), at: 0 };
    for (let i = 0; i < 9; i++) {
      const byte = await packed.u8();
      cursor.bytes[i] = byte;
      if (byte < 0x80) break;
    }
    const value = packed.decode(start, () => number(cursor));
    crc = crc32(cursor.bytes.subarray(0, cursor.at), crc);
    return value;
  };
  if ((await next()) !== seen.count) throw packed.damaged(start);
  let left = { packed: seen.packed, size: seen.size };
  for (let i = 0n; i < seen.count; i++)
    left = { packed: left.packed - (await next()), size: left.size - (await next()) };
  const padding = await packed.exactly((4 - ((packed.offset - start) % 4)) % 4);
  // Without bytes node:zlib starts anew.
  if (padding.length > 0) crc = crc32(padding, crc);
  if (left.packed !== 0n || left.size !== 0n || padding.some((byte) => byte !== 0)) throw packed.damaged(start);
  if ((await packed.u32le()) !== crc) throw packed.damaged(start);
  return packed.offset - start;
}

/** Section 2.1.2. */
async function footer(packed: Packed, flags: Uint8Array, indexSize: number): Promise<void> {
  const at = packed.offset;
  const bytes = await packed.exactly(12);
  const fields = new Fields(bytes, true);
  const sound =
    crc32(bytes.subarray(4, 10)) === fields.u32(0) &&
    (fields.u32(4) + 1) * 4 === indexSize &&
    Buffer.from(flags).equals(bytes.subarray(8, 10)) &&
    fields.u16(10) === 0x5a59;
  if (!sound) throw packed.damaged(at);
}
