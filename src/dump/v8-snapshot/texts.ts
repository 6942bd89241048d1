/** The second pass: where the texts of strings stand in the dump. Their bytes are held, up to a bound. */
import { Held } from '../../source/unwrap/held.js';
import type { Span } from '../../types.js';
import { Numbers } from '../growing.js';
import { NONE } from './composed.js';
import type { Layout } from './layout.js';
import { type Visitor, walkSnapshot } from './walk.js';

/** Bytes of all texts that are parts of others, and of one of them: V8 itself cuts them, at 1,024 characters by default. */
const MAX_TEXTS = 128 * 1024 * 1024;
const MAX_TEXT = 1024 * 1024;

export class Texts implements Visitor {
  /** Some bytes are not there. */
  cut = false;
  readonly #layout: Layout;
  /** The nodes whose texts are wanted, ascending, and the number of each one's string. */
  readonly #nodes: Uint32Array;
  readonly #names: Uint32Array;
  #next = 0;
  #strings = new Uint32Array(0);
  /** Of each string: offset in the dump, where its bytes are held, how many there are. */
  readonly #offsets = new Numbers();
  readonly #starts = new Numbers();
  #lengths = new Uint32Array(0);
  readonly #held = new Held();

  constructor(nodes: Uint32Array, layout: Layout) {
    this.#nodes = nodes;
    this.#names = new Uint32Array(nodes.length).fill(NONE);
    this.#layout = layout;
  }

  /** False where the dump ended before. */
  read(dump: AsyncIterable<Uint8Array>): Promise<boolean> {
    return walkSnapshot(dump, this.#layout, this);
  }

  node(values: Float64Array, index: number): void {
    if (index !== this.#nodes[this.#next]) return;
    const { node, types } = this.#layout;
    const name = values[node.name] as number;
    // Other nodes have names, too: of classes and functions.
    if (values[node.type] === types.whole && name < NONE) this.#names[this.#next] = name;
    this.#next++;
  }

  wanted(): Uint32Array {
    const names = this.#names.filter((name) => name !== NONE).sort();
    this.#strings = names.filter((name, i) => name !== names[i - 1]);
    this.#lengths = new Uint32Array(this.#strings.length);
    return this.#strings;
  }

  text(which: number, offset: number, bytes: Uint8Array): void {
    if (which === this.#offsets.length) {
      this.#offsets.push(offset);
      this.#starts.push(this.#held.size);
    }
    const known = this.#lengths[which] as number;
    const kept = bytes.subarray(0, Math.max(0, Math.min(MAX_TEXT - known, MAX_TEXTS - this.#held.size)));
    if (kept.length < bytes.length) this.cut = true;
    this.#held.add(kept);
    this.#lengths[which] = known + kept.length;
  }

  /** Where the text of the node of this index stands; empty where it has none. */
  spanOf(index: number): Span {
    const which = indexIn(this.#strings, this.#names[index] as number);
    if (which < 0 || which >= this.#offsets.length) return { offset: 0, length: 0 };
    return { offset: this.#offsets.at(which), length: this.#lengths[which] as number };
  }

  /** Bytes of a text by their place in the dump. */
  bytes({ offset, length }: Span): Promise<Uint8Array> {
    const which = this.#offsets.indexOf(offset);
    return this.#held.read(this.#starts.at(which) + offset - this.#offsets.at(which), length);
  }

  wipe(): void {
    this.#held.wipe();
  }
}

/** Index of a value in an ascending list; -1 where it is not there. */
export function indexIn(list: Uint32Array, value: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return list[low] === value ? low : -1;
}
