/** The checks of xz blocks: xz file format 1.2.1, section 2.1.1.2. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

export interface Check {
  /** Of the field behind each block. */
  readonly length: number;
  start(): { update(bytes: Uint8Array): void; digest(): Uint8Array };
}

const le32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};

/** ECMA-182, bits reversed, in halves of 32 bits. */
const LOW = new Uint32Array(256);
const HIGH = new Uint32Array(256);
for (let i = 0; i < 256; i++) {
  let [low, high] = [i, 0];
  for (let bit = 0; bit < 8; bit++) {
    const odd = low & 1;
    low = ((low >>> 1) | (high << 31)) ^ (odd ? 0xd7870f42 : 0);
    high = (high >>> 1) ^ (odd ? 0xc96c5795 : 0);
  }
  LOW[i] = low;
  HIGH[i] = high;
}

function crc64() {
  let [low, high] = [-1, -1];
  return {
    update(bytes: Uint8Array) {
      let l = low;
      let h = high;
      for (let i = 0; i < bytes.length; i++) {
        const index = (l ^ (bytes[i] as number)) & 0xff;
        l = ((l >>> 8) | (h << 24)) ^ (LOW[index] as number);
        h = (h >>> 8) ^ (HIGH[index] as number);
      }
      low = l;
      high = h;
    },
    digest: () => Buffer.concat([le32(~low), le32(~high)]),
  };
}

function crc32Check() {
  let crc = 0;
  return {
    update(bytes: Uint8Array) {
      // Without bytes node:zlib starts anew.
      if (bytes.length > 0) crc = crc32(bytes, crc);
    },
    digest: () => le32(crc),
  };
}

/** Lengths of the fields for all sixteen identifiers, so that blocks with unknown ones can be unpacked, too. */
const LENGTHS = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];
const NO_CHECK = { update() {}, digest: () => new Uint8Array(0) };

/** Undefined where the identifier is not one of the four that are defined: `length` still tells what to pass over. */
export function xzCheck(id: number): Check {
  const length = LENGTHS[id] ?? 0;
  if (id === 1) return { length, start: crc32Check };
  if (id === 4) return { length, start: crc64 };
  if (id === 10) return { length, start: () => createHash('sha256') };
  return { length, start: () => NO_CHECK };
}
