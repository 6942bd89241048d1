/** The memory of an AVML snapshot, unpacked a stretch at a time. */
import { maskedCrc32c } from '../../bytes/crc32c.js';
import { snappyBlock, snappyLength } from '../../bytes/snappy-block.js';
import type { RandomBytes } from '../../source/unwrap/chunks.js';
import { type Part, padded, type Unread } from '../image.js';
import type { Stretches } from './blocks.js';
import { CHECKSUM, FRAME } from './format.js';

export class AvmlMemory implements Part {
  readonly length: number;
  readonly #file: RandomBytes;
  readonly #stretches: Stretches;

  constructor(file: RandomBytes, stretches: Stretches) {
    this.#file = file;
    this.#stretches = stretches;
    this.length = stretches.starts.at(stretches.starts.length - 1);
  }

  async *chunks(unread: Unread): AsyncIterable<Uint8Array> {
    for (let i = 0; i < this.#stretches.from.length; i++) yield await this.#stretch(i, unread);
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const { starts, from } = this.#stretches;
    const bytes = new Uint8Array(length);
    for (let i = Math.max(0, starts.indexOf(offset)); i < from.length && starts.at(i) < offset + length; i++) {
      const stretch = await this.#stretch(i, () => {});
      const [first, last] = [Math.max(offset, starts.at(i)), Math.min(offset + length, starts.at(i + 1))];
      if (first < last) bytes.set(stretch.subarray(first - starts.at(i), last - starts.at(i)), first - offset);
    }
    return bytes;
  }

  async #stretch(index: number, unread: Unread): Promise<Uint8Array> {
    const { starts, from, to, plain } = this.#stretches;
    const start = starts.at(index);
    const packed = await this.#file.read(from.at(index), to.at(index) - from.at(index));
    const length = starts.at(index + 1) - start;
    const fail = (at: number, size: number, reason: string) => unread(start + at, size, reason);
    if (plain.at(index) === 0) return unframe(packed, new Uint8Array(length), fail);
    if (packed.length < length) fail(packed.length, length - packed.length, 'the file ends before');
    return packed.length < length ? padded(packed, length) : packed;
  }
}

/** Frames that were passed over before; the file may have changed since, so nothing is believed. */
function unframe(packed: Uint8Array, target: Uint8Array, fail: Unread): Uint8Array {
  let [at, out] = [0, 0];
  while (out < target.length) {
    const size = (packed[at + 1] as number) | ((packed[at + 2] as number) << 8) | ((packed[at + 3] as number) << 16);
    const data = packed.subarray(at + FRAME.header + CHECKSUM, at + FRAME.header + size);
    if (data.length === 0 || data.length !== size - CHECKSUM) {
      fail(out, target.length - out, 'the file ends before');
      break;
    }
    const length = packed[at] === FRAME.plain ? data.length : snappyLength(data).length;
    const bytes = target.subarray(out, out + length);
    const sum = checksum(packed, at + FRAME.header);
    if (!unpacked(packed[at] === FRAME.plain, data, bytes) || maskedCrc32c(bytes) !== sum) {
      bytes.fill(0);
      fail(out, bytes.length, 'its compressed data is damaged');
    }
    at += FRAME.header + size;
    out += length;
  }
  return target;
}

function unpacked(plain: boolean, data: Uint8Array, bytes: Uint8Array): boolean {
  if (!plain) return snappyBlock(data, bytes).sound;
  bytes.set(data.subarray(0, bytes.length));
  return true;
}

function checksum(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);
}
