/** What refers to given objects of a Java heap: a field of an instance, a static field, an element of an array. */
import { OBJECT } from './format.js';
import type { Names } from './names.js';
import { type ClassField, sizeOf, type Visitor } from './walk.js';

/** Fields of classes that are remembered, in all; those of later classes stay without a name. */
const MAX_FIELDS = 1 << 22;
/** Super classes on the way to a field. */
const MAX_DEPTH = 256;
/** References to one object that are remembered until the classes are known. */
const MAX_CANDIDATES = 16;

export interface Holder {
  /** The object that refers; undefined for a class, whose static field it is. */
  readonly id?: number;
  readonly classId: number;
  /** Id of the field's name, where it has one. */
  readonly fieldId?: number;
}

/** A reference as it was met: `at` is its place among the bytes of an instance. */
interface Candidate extends Holder {
  readonly at?: number;
}

interface ClassLayout {
  readonly superId: number;
  readonly fields: readonly ClassField[];
}

export class References implements Visitor {
  readonly #wanted: ReadonlySet<number>;
  readonly #idSize: 4 | 8;
  readonly #names: Names;
  /** Whether some id ends with these 16 bits: nearly all places are passed over by this. */
  readonly #ends = new Uint8Array(1 << 16);
  readonly #candidates = new Map<number, Candidate[]>();
  readonly #classes = new Map<number, ClassLayout>();
  #fields = 0;

  constructor(wanted: ReadonlySet<number>, idSize: 4 | 8, names: Names) {
    this.#wanted = wanted;
    this.#idSize = idSize;
    this.#names = names;
    for (const id of wanted) this.#ends[id % (1 << 16)] = 1;
  }

  loadedClass(id: number, nameId: number): void {
    this.#names.loadedClass(id, nameId);
  }

  classDump(id: number, superId: number, fields: readonly ClassField[]): void {
    this.#fields += fields.length + 1;
    if (this.#fields <= MAX_FIELDS) this.#classes.set(id, { superId, fields });
  }

  staticReference(classId: number, fieldId: number, value: number): void {
    if (this.#wanted.has(value)) this.#add(value, { classId, fieldId });
  }

  /** Fields are packed, so that a reference stands at any byte; which are references is only known by the class. */
  instance(id: number, classId: number, _at: number, _length: number, bytes: Uint8Array): void {
    const size = this.#idSize;
    for (let end = size; end <= bytes.length; end++) {
      if (this.#ends[((bytes[end - 2] as number) << 8) | (bytes[end - 1] as number)] !== 1) continue;
      const value = idAt(bytes, end - size, size);
      if (this.#wanted.has(value)) this.#add(value, { id, classId, at: end - size });
    }
  }

  elements(id: number, classId: number, bytes: Uint8Array): void {
    const size = this.#idSize;
    for (let end = size; end <= bytes.length; end += size) {
      if (this.#ends[((bytes[end - 2] as number) << 8) | (bytes[end - 1] as number)] !== 1) continue;
      const value = idAt(bytes, end - size, size);
      if (this.#wanted.has(value)) this.#add(value, { id, classId });
    }
  }

  /** For each object the first that refers to it, one with a named field before an array. */
  holders(): Map<number, Holder> {
    const holders = new Map<number, Holder>();
    for (const [object, candidates] of this.#candidates) {
      const resolved = candidates.flatMap((candidate) => this.#resolve(candidate) ?? []);
      const best = resolved.find(({ fieldId }) => fieldId !== undefined) ?? resolved[0];
      if (best !== undefined) holders.set(object, best);
    }
    return holders;
  }

  #add(object: number, candidate: Candidate): void {
    const known = this.#candidates.get(object);
    if (known === undefined) this.#candidates.set(object, [candidate]);
    else if (known.length < MAX_CANDIDATES) known.push(candidate);
  }

  /** Undefined where no reference stands, but bytes that look like it. */
  #resolve({ id, classId, fieldId, at }: Candidate): Holder | undefined {
    if (at === undefined) return { id, classId, fieldId };
    let place = 0;
    let layout = this.#classes.get(classId);
    // The class's own fields come first, then those of its super class.
    for (let depth = 0; layout !== undefined && depth < MAX_DEPTH; depth++) {
      for (const { nameId, type } of layout.fields) {
        if (place === at) return type === OBJECT ? { id, classId, fieldId: nameId } : undefined;
        if (place > at) return undefined;
        place += sizeOf(type, this.#idSize) ?? 0;
      }
      layout = this.#classes.get(layout.superId);
    }
    // Nothing is known of the fields.
    return { id, classId };
  }
}

function idAt(bytes: Uint8Array, at: number, size: 4 | 8): number {
  let id = 0;
  for (let i = 0; i < size; i++) id = id * 256 + (bytes[at + i] as number);
  return id;
}
