/** The first pass: which strings are put together of others. Memory depends on their number, which is bounded. */
import { latin1 } from '../../bytes/convert.js';
import { Numbers } from '../growing.js';
import { PARTS } from './format.js';
import type { Layout } from './layout.js';
import { type Visitor, walkSnapshot } from './walk.js';

/** Strings in pieces that are kept, some 60 bytes each: a snapshot of 500 MB has some hundred thousand. */
const MAX_COMPOSED = 1 << 21;
/** Edges looked at of each: V8 writes its two parts, and its class. */
const EDGES = 3;
/** Names of their edges that are told apart, and bytes of one: there are four. */
const MAX_NAMES = 255;
const MAX_NAME = 16;

/** Where there is no part. */
export const NONE = 0xffffffff;

export interface Composed {
  /** Numbers of their nodes, ascending. */
  readonly nodes: Uint32Array;
  /** Node of the first part of each, or of the string that it is a range of; of the second part. */
  readonly first: Uint32Array;
  readonly second: Uint32Array;
  /** 1 for a range of another string. */
  readonly sliced: Uint8Array;
  /** There were more. */
  readonly cut: boolean;
  /** The snapshot was read as far as it was needed. */
  readonly whole: boolean;
}

export async function readComposed(dump: AsyncIterable<Uint8Array>, layout: Layout): Promise<Composed> {
  const reading = new Reading(layout);
  const whole = await walkSnapshot(dump, layout, reading);
  return { ...reading.parts(), cut: reading.cut, whole };
}

class Reading implements Visitor {
  cut = false;
  readonly #layout: Layout;
  /** Twice the number of each one's node, and 1 for a slice. */
  readonly #nodes = new Numbers();
  /** Each one's first edge, and the end of its edges, among all. */
  readonly #from = new Numbers();
  readonly #to = new Numbers();
  #edgesBefore = 0;
  /** The one whose edges come next. */
  #next = 0;
  /** Which strings are names of edges, and which of them was met as which. */
  readonly #ids = new Map<number, number>();
  /** Name and target of some edges of each. */
  #names = new Uint8Array(0);
  #targets = new Uint32Array(0);
  #filled = new Uint8Array(0);
  #wanted = new Uint32Array(0);
  readonly #texts = new Map<number, string>();

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  node(values: Float64Array, index: number): void {
    const { node, types } = this.#layout;
    const type = values[node.type];
    const edges = values[node.edgeCount] as number;
    if (type === types.concatenated || type === types.sliced) {
      if (this.#nodes.length < MAX_COMPOSED && index < NONE) {
        this.#nodes.push(2 * index + (type === types.sliced ? 1 : 0));
        this.#from.push(this.#edgesBefore);
        this.#to.push(this.#edgesBefore + edges);
      } else this.cut = true;
    }
    this.#edgesBefore += edges;
  }

  edge(values: Float64Array, index: number): void {
    if (index === 0) this.#beginEdges();
    while (this.#next < this.#nodes.length && index >= this.#to.at(this.#next)) this.#next++;
    const next = this.#next;
    if (next === this.#nodes.length || index < this.#from.at(next)) return;
    const { edge, node, internal } = this.#layout;
    const filled = this.#filled[next] as number;
    if (filled === EDGES || values[edge.type] !== internal) return;
    const [name, target] = [values[edge.name] as number, (values[edge.to] as number) / node.width];
    if (name >= NONE || !(Number.isInteger(target) && target < NONE)) return;
    if (!this.#ids.has(name) && this.#ids.size < MAX_NAMES) this.#ids.set(name, this.#ids.size);
    const id = this.#ids.get(name);
    if (id === undefined) return;
    this.#names[next * EDGES + filled] = id;
    this.#targets[next * EDGES + filled] = target;
    this.#filled[next] = filled + 1;
  }

  #beginEdges(): void {
    this.#names = new Uint8Array(this.#nodes.length * EDGES);
    this.#targets = new Uint32Array(this.#nodes.length * EDGES);
    this.#filled = new Uint8Array(this.#nodes.length);
  }

  wanted(): Uint32Array {
    this.#wanted = Uint32Array.from(this.#ids.keys()).sort();
    return this.#wanted;
  }

  text(which: number, _offset: number, bytes: Uint8Array): void {
    const name = this.#wanted[which] as number;
    const before = this.#texts.get(name) ?? '';
    this.#texts.set(name, (before + latin1(bytes.subarray(0, MAX_NAME))).slice(0, MAX_NAME));
  }

  parts(): Pick<Composed, 'nodes' | 'first' | 'second' | 'sliced'> {
    const count = this.#filled.length;
    const [first, second] = [new Uint32Array(count).fill(NONE), new Uint32Array(count).fill(NONE)];
    const sliced = Uint8Array.from({ length: count }, (_, one) => this.#nodes.at(one) % 2);
    const texts = [...this.#ids.keys()].map((name) => this.#texts.get(name));
    for (const [one, filled] of this.#filled.entries()) {
      for (let i = one * EDGES; i < one * EDGES + filled; i++) {
        const [name, target] = [texts[this.#names[i] as number], this.#targets[i] as number];
        if (name === (sliced[one] ? PARTS.parent : PARTS.first)) first[one] = target;
        if (name === PARTS.second && !sliced[one]) second[one] = target;
      }
    }
    const nodes = Uint32Array.from({ length: count }, (_, one) => Math.floor(this.#nodes.at(one) / 2));
    return { nodes, first, second, sliced };
  }
}
