/** The records of a flattened dump: where each byte of the rearranged file stands. */
import { Fields } from '../../bytes/read.js';
import { BoundsError } from '../../errors.js';
import type { RandomBytes } from '../../source/unwrap/chunks.js';
import type { Span } from '../../types.js';
import { END, HEADER_LENGTH, RECORD } from './format.js';

/** makedumpfile writes some hundred kilobytes at a time: these are enough for some hundred gigabytes. */
const MAX_RECORDS = 1 << 20;
/** The rearranged file has holes at most, where nothing was written. */
const MAX_GROWTH = 16;
/** No file reaches further. */
const MAX_END = 2n ** 51n;

export interface Records {
  /** Where the data belongs, where it stands in the file, and its length: in the order of the file. */
  readonly targets: Float64Array;
  readonly sources: Float64Array;
  readonly lengths: Float64Array;
  readonly count: number;
  /** End of the rearranged file. */
  readonly size: number;
  /** Where the records end in the file. */
  readonly end: number;
  /** Why the records end early, if they do. */
  readonly damage: string | undefined;
}

export async function readRecords(file: RandomBytes): Promise<Records> {
  let [targets, sources, lengths] = [new Float64Array(1024), new Float64Array(1024), new Float64Array(1024)];
  let [count, size, at] = [0, 0, HEADER_LENGTH];
  const ended = (damage?: string): Records => ({ targets, sources, lengths, count, size, end: at, damage });
  for (;;) {
    const bytes = await file.read(at, RECORD.length);
    if (bytes.length < RECORD.length) return ended('the file ends before its last record');
    const fields = new Fields(bytes, false);
    const target = BigInt.asIntN(64, fields.u64(RECORD.offset));
    const length = BigInt.asIntN(64, fields.u64(RECORD.size));
    if (target === END && length === END) {
      at += RECORD.length;
      return ended();
    }
    if (target < 0n || length <= 0n || target + length > MAX_END) return ended('a record is damaged');
    if (count === MAX_RECORDS) return ended('there are too many records');
    const there = Math.min(Number(length), file.size - at - RECORD.length);
    const end = Number(target) + there;
    if (end > Math.max(size, file.size * MAX_GROWTH)) return ended('a record lies out of all proportion');
    if (count === targets.length) [targets, sources, lengths] = [twice(targets), twice(sources), twice(lengths)];
    targets[count] = Number(target);
    sources[count] = at + RECORD.length;
    lengths[count++] = there;
    size = Math.max(size, end);
    at += RECORD.length + there;
    if (there < Number(length)) return ended('the file ends within a record');
  }
}

function twice(numbers: Float64Array): Float64Array<ArrayBuffer> {
  const more = new Float64Array(numbers.length * 2);
  more.set(numbers);
  return more;
}

/** The rearranged file. Where records overlap, the later one counts; where there is none, there are zeros. */
export class Rearranged implements RandomBytes {
  readonly size: number;
  /** Bytes of the file that a later record wrote over. */
  readonly overwritten: Span[] = [];
  readonly #file: RandomBytes;
  /** Pieces without overlap, ascending: where each begins, ends, and stands in the file. */
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #sources: Float64Array;
  readonly #count: number;

  constructor(file: RandomBytes, records: Records) {
    const { targets, sources, lengths, count, size } = records;
    this.size = size;
    this.#file = file;
    const edges = new Float64Array(2 * count);
    for (let i = 0; i < count; i++) {
      edges[2 * i] = targets[i] as number;
      edges[2 * i + 1] = (targets[i] as number) + (lengths[i] as number);
    }
    edges.sort();
    const places = edges.filter((edge, i) => i === 0 || edge !== edges[i - 1]);
    const owners = this.#paint(records, places);
    // Neighbours of one record are one piece again.
    const pieces = Math.max(0, places.length - 1);
    [this.#starts, this.#ends, this.#sources] = [
      new Float64Array(pieces),
      new Float64Array(pieces),
      new Float64Array(pieces),
    ];
    let last = -1;
    for (let i = 0; i < pieces; i++) {
      const owner = owners[i] as number;
      if (owner < 0) continue;
      const [start, end] = [places[i] as number, places[i + 1] as number];
      if (last >= 0 && i > 0 && owners[i - 1] === owner) {
        this.#ends[last] = end;
        continue;
      }
      last++;
      this.#starts[last] = start;
      this.#ends[last] = end;
      this.#sources[last] = (sources[owner] as number) + start - (targets[owner] as number);
    }
    this.#count = last + 1;
  }

  /**
   * Which record owns the stretch between two places. From the last record to the first: what is owned is passed over by
   * links to the next stretch without an owner, so that each is taken once.
   */
  #paint({ targets, sources, lengths, count }: Records, places: Float64Array): Int32Array {
    const owners = new Int32Array(places.length).fill(-1);
    const next = Int32Array.from(owners, (_, i) => i);
    const free = (from: number): number => {
      let root = from;
      while (next[root] !== root) root = next[root] as number;
      for (let i = from; next[i] !== root; ) [next[i], i] = [root, next[i] as number];
      return root;
    };
    for (let record = count - 1; record >= 0; record--) {
      const [start, length] = [targets[record] as number, lengths[record] as number];
      const [first, behind] = [indexOf(places, start), indexOf(places, start + length)];
      let at = start;
      for (let i = free(first); i < behind; i = free(i + 1)) {
        owners[i] = record;
        next[i] = i + 1;
        const place = places[i] as number;
        if (place > at) this.overwritten.push({ offset: (sources[record] as number) + at - start, length: place - at });
        at = places[i + 1] as number;
      }
      if (at < start + length) {
        this.overwritten.push({ offset: (sources[record] as number) + at - start, length: start + length - at });
      }
    }
    return owners;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - offset)));
    const end = offset + bytes.length;
    for (let i = Math.max(0, indexOf(this.#starts.subarray(0, this.#count), offset)); i < this.#count; i++) {
      const [start, stop] = [this.#starts[i] as number, this.#ends[i] as number];
      if (start >= end) break;
      const [from, to] = [Math.max(start, offset), Math.min(stop, end)];
      if (from >= to) continue;
      const part = await this.#file.read((this.#sources[i] as number) + from - start, to - from);
      if (part.length < to - from) throw new BoundsError('the file has become shorter');
      bytes.set(part, from - offset);
    }
    return bytes;
  }
}

/** Index of the last number that is not greater; -1 if there is none. */
function indexOf(numbers: Float64Array, value: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
