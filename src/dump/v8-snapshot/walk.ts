/** One pass over a snapshot from the front: nodes, edges, strings, in memory that does not depend on the dump. */
import { EDGES, NODES, STRINGS } from './format.js';
import type { Layout } from './layout.js';

/** What the walk meets, in the order of the dump. `values` and `bytes` are valid only during the call. */
export interface Visitor {
  node?(values: Float64Array, index: number): void;
  edge?(values: Float64Array, index: number): void;
  /** Asked when the strings begin: which of them are wanted, ascending. */
  wanted(): Uint32Array;
  /**
   * A piece of the wanted string of this index among the wanted ones: `bytes` as they stand in the dump at `offset`,
   * escapes and all, without the quotes. Called at least once for each, also for an empty one.
   */
  text(which: number, offset: number, bytes: Uint8Array): void;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const CLOSE = 0x5d;

/** False where the dump ends, or is no snapshot, before all that is wanted of it. */
export async function walkSnapshot(
  dump: AsyncIterable<Uint8Array>,
  layout: Layout,
  visitor: Visitor,
): Promise<boolean> {
  const walk = new Walk(layout, visitor);
  for await (const chunk of dump) {
    walk.feed(chunk);
    if (walk.state !== 'going') break;
  }
  return walk.state === 'done';
}

interface Section {
  readonly key: string;
  /** From an index within the array to behind its end, or to the end of the bytes. */
  readonly read: (bytes: Uint8Array, at: number) => number;
}

class Walk {
  state: 'going' | 'done' | 'broken' = 'going';
  readonly #visitor: Visitor;
  readonly #sections: readonly Section[];
  #section = 0;
  /** Whether the section's array has begun. */
  #inside = false;
  /** The end of the last chunk, where a key may have begun. */
  #tail = Buffer.alloc(0);
  /** Offset of the chunk's first byte. */
  #base = 0;
  #wanted: Uint32Array = new Uint32Array(0);
  #which = 0;
  #string = 0;
  #open = false;
  #escaped = false;

  constructor({ node, edge }: Layout, visitor: Visitor) {
    this.#visitor = visitor;
    const nodes = new Records(node.width, visitor.node?.bind(visitor));
    const edges = new Records(edge.width, visitor.edge?.bind(visitor));
    this.#sections = [
      { key: NODES, read: (bytes, at) => this.#numbers(nodes, bytes, at) },
      { key: EDGES, read: (bytes, at) => this.#numbers(edges, bytes, at) },
      { key: STRINGS, read: (bytes, at) => this.#strings(bytes, at) },
    ];
  }

  feed(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && this.state === 'going'; ) {
      const section = this.#sections[this.#section] as Section;
      at = this.#inside ? section.read(bytes, at) : this.#seek(section.key, bytes, at);
    }
    this.#base += bytes.length;
  }

  /** The index behind the key, or the end of the bytes. */
  #seek(key: string, bytes: Uint8Array, from: number): number {
    const held = this.#tail.length;
    const text = Buffer.concat([this.#tail, bytes.subarray(from)]);
    const found = text.indexOf(key, 0, 'latin1');
    if (found < 0) {
      this.#tail = text.subarray(Math.max(0, text.length - key.length + 1));
      return bytes.length;
    }
    this.#tail = Buffer.alloc(0);
    this.#inside = true;
    if (key === STRINGS) this.#beginStrings();
    return from + found + key.length - held;
  }

  #numbers(records: Records, bytes: Uint8Array, from: number): number {
    const end = records.read(bytes, from);
    if (end === bytes.length) return end;
    // Signs and fractions are in no snapshot.
    if (bytes[end] !== CLOSE) this.state = 'broken';
    this.#inside = false;
    this.#section++;
    return end + 1;
  }

  #beginStrings(): void {
    this.#wanted = this.#visitor.wanted();
    if (this.#wanted.length === 0) this.state = 'done';
  }

  #strings(bytes: Uint8Array, from: number): number {
    let at = from;
    while (at < bytes.length && this.state === 'going') {
      if (this.#open) at = this.#text(bytes, at);
      else if (bytes[at] === CLOSE) this.state = 'broken';
      else if (bytes[at++] === QUOTE) {
        this.#open = true;
        if (at === bytes.length) this.#tell(bytes, at, at);
      }
    }
    return at;
  }

  /** From within a string to behind its end, or to the end of the bytes. */
  #text(bytes: Uint8Array, from: number): number {
    let escaped = this.#escaped;
    let at = from;
    for (; at < bytes.length; at++) {
      const code = bytes[at];
      if (escaped) escaped = false;
      else if (code === BACKSLASH) escaped = true;
      else if (code === QUOTE) break;
    }
    this.#escaped = escaped;
    this.#tell(bytes, from, at);
    if (at === bytes.length) return at;
    this.#open = false;
    if (this.#wanted[this.#which] === this.#string) this.#which++;
    this.#string++;
    if (this.#which === this.#wanted.length) this.state = 'done';
    return at + 1;
  }

  #tell(bytes: Uint8Array, from: number, to: number): void {
    if (this.#wanted[this.#which] !== this.#string) return;
    this.#visitor.text(this.#which, this.#base + from, bytes.subarray(from, to));
  }
}

/** Numbers with commas between them, a fixed number of which make a record. */
class Records {
  readonly #values: Float64Array;
  readonly #visit: ((values: Float64Array, index: number) => void) | undefined;
  #filled = 0;
  #index = 0;
  /** The number that the last bytes ended in; -1 where they ended behind one. */
  #value = -1;

  constructor(width: number, visit: ((values: Float64Array, index: number) => void) | undefined) {
    this.#values = new Float64Array(width);
    this.#visit = visit;
  }

  /** The index of the first byte that is neither digit, comma nor blank; the end of the bytes where there is none. */
  read(bytes: Uint8Array, from: number): number {
    if (this.#visit === undefined) return skip(bytes, from);
    let value = this.#value;
    let at = from;
    for (; at < bytes.length; at++) {
      const code = bytes[at] as number;
      if (code >= 0x30 && code <= 0x39) value = (value < 0 ? 0 : value * 10) + code - 0x30;
      else {
        if (value >= 0) this.#push(value);
        value = -1;
        if (code !== 0x2c && code > 0x20) break;
      }
    }
    this.#value = value;
    return at;
  }

  #push(value: number): void {
    this.#values[this.#filled++] = value;
    if (this.#filled < this.#values.length) return;
    this.#filled = 0;
    this.#visit?.(this.#values, this.#index++);
  }
}

/** Of numbers that nobody wants, only the end of the array is looked for. */
function skip(bytes: Uint8Array, from: number): number {
  const end = bytes.indexOf(CLOSE, from);
  return end < 0 ? bytes.length : end;
}
