/**
 * gzip, RFC 1952: any number of members, each a header, a deflate stream (RFC 1951), CRC-32 and length modulo 2^32.
 * pigz and bgzip write the same, with many members.
 */
import { crc32, createInflateRaw } from 'node:zlib';
import type { Chunks } from './chunks.js';
import { framed } from './framed.js';
import type { Packed } from './packed.js';
import { ENGINE_PIECE, pump } from './pump.js';

/** ID1, ID2, and CM: 8 is deflate, and nothing else was ever defined. */
const isMember = (head: Uint8Array) => head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;

const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;
const RESERVED = 0xe0;
/** FEXTRA of bgzip, names: what every file may have. Longer fields have room for a key. */
const USUAL_FIELD = 64;

export const gzip = framed({ name: 'gzip', matches: isMember, magicLength: 3, begins: isMember, frame: member });

async function* member(packed: Packed, magic: Uint8Array): Chunks {
  await header(packed, magic);
  let [crc, length] = [0, 0];
  const engine = createInflateRaw({ chunkSize: ENGINE_PIECE });
  for await (const piece of pump(packed, engine)) {
    crc = crc32(piece, crc);
    length = (length + piece.length) >>> 0;
    yield piece;
  }
  if ((await packed.u32le()) !== crc) packed.mismatch('the checksum');
  if ((await packed.u32le()) !== length) packed.mismatch('the size');
}

async function header(packed: Packed, magic: Uint8Array): Promise<void> {
  let crc = crc32(magic);
  const take = async (length: number) => {
    const bytes = await packed.exactly(length);
    // Without bytes node:zlib starts anew.
    if (length > 0) crc = crc32(bytes, crc);
    return bytes;
  };
  // FLG, MTIME, XFL, OS
  const [flags = 0] = await take(7);
  if (flags & RESERVED) throw packed.damaged();
  if (flags & FEXTRA) {
    const [low = 0, high = 0] = await take(2);
    const length = low | (high << 8);
    const bytes = await take(length);
    if (length > USUAL_FIELD) packed.keep(bytes);
  }
  for (const field of [FNAME, FCOMMENT]) {
    if ((flags & field) === 0) continue;
    let length = 0;
    let usual: Uint8Array = new Uint8Array(0);
    for (let ended = false; !ended; ) {
      const piece = await packed.some(ENGINE_PIECE);
      if (piece.length === 0) throw packed.truncated();
      const end = piece.indexOf(0);
      ended = end >= 0;
      const text = ended ? piece.subarray(0, end + 1) : piece;
      crc = crc32(text, crc);
      length += text.length;
      if (length > USUAL_FIELD) {
        packed.keep(usual);
        packed.keep(text);
        usual = new Uint8Array(0);
      } else usual = Buffer.concat([usual, text]);
      packed.unread(piece.subarray(text.length));
    }
  }
  if (flags & FHCRC) {
    const expected = crc & 0xffff;
    const [low = 0, high = 0] = await packed.exactly(2);
    if ((low | (high << 8)) !== expected) packed.mismatch("the header's checksum");
  }
}
