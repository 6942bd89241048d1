/** The tags of one group of a VMware state, one after another. */
import { latin1 } from '../../bytes/convert.js';
import type { Blocks } from '../blocks.js';
import { TAG } from './format.js';

const MAX_END = Number.MAX_SAFE_INTEGER / 4;

export interface Tag {
  readonly name: string;
  readonly indices: readonly number[];
  /** Where the value begins, and how many bytes it takes in the file. */
  readonly offset: number;
  readonly length: number;
  /** Set for blocks: bytes in memory, and whether those in the file are compressed. */
  readonly block?: { readonly memory: number; readonly compressed: boolean };
  /** Of values of 4 and 8 bytes. */
  readonly value?: number;
}

/** Yields tags from `at` on. Returns where the group ends; undefined where the bytes end first. */
export function* readTags(blocks: Blocks, at: number, word: 4 | 8): Generator<Tag, number | undefined> {
  for (;;) {
    const tag = blocks.fields(at, 2, true)?.u16(0);
    if (tag === undefined) return undefined;
    at += 2;
    if (tag === 0) return at;
    const nameLength = tag >>> TAG.nameShift;
    const count = (tag >>> TAG.indexShift) & TAG.indexMask;
    const size = tag & TAG.sizeMask;
    const isBlock = size === TAG.block || size === TAG.compressed;
    const rest = isBlock ? 2 * word + 2 : size;
    const fields = blocks.fields(at, nameLength + 4 * count + rest, true);
    if (fields === undefined) return undefined;
    const name = latin1(blocks.bytes(at, nameLength));
    const indices = Array.from({ length: count }, (_, i) => fields.u32(nameLength + 4 * i));
    const from = nameLength + 4 * count;
    const number = (place: number, bytes: number) => (bytes === 8 ? Number(fields.u64(place)) : fields.u32(place));
    if (isBlock) {
      const length = number(from, word);
      const memory = number(from + word, word);
      const offset = at + from + rest + fields.u16(from + 2 * word);
      // No file reaches further.
      if (offset + length > MAX_END) return undefined;
      yield { name, indices, offset, length, block: { memory, compressed: size === TAG.compressed } };
      at = offset + length;
    } else {
      const value = size === 4 || size === 8 ? number(from, size) : undefined;
      yield { name, indices, offset: at + from, length: size, value };
      at += from + size;
    }
  }
}
