/** Names of classes and fields in an HPROF dump: only those that are asked for are kept. */
import type { Visitor } from './walk.js';

/** Classes beyond this stay without a name; a large application server has some 100,000. */
const MAX_CLASSES = 1 << 20;
/** Characters of a name; longer ones are cut. */
const MAX_NAME = 200;

export class Names implements Visitor {
  done = false;
  /** By a class's id, the id of its name. */
  readonly #classes = new Map<number, number>();
  /** What was asked for; undefined until it was met. */
  readonly #names = new Map<number, string | undefined>();
  #missing = 0;

  /** Whether anything was asked for that was not met yet. */
  get wanted(): boolean {
    return this.#missing > 0;
  }

  loadedClass(id: number, nameId: number): void {
    if (this.#classes.size < MAX_CLASSES) this.#classes.set(id, nameId);
  }

  want(nameId: number | undefined): void {
    if (nameId === undefined || this.#names.has(nameId)) return;
    this.#names.set(nameId, undefined);
    this.#missing++;
  }

  wantClass(classId: number | undefined): void {
    if (classId !== undefined) this.want(this.#classes.get(classId));
  }

  name(id: number, bytes: Uint8Array): void {
    if (!this.#names.has(id) || this.#names.get(id) !== undefined) return;
    this.#names.set(
      id,
      Buffer.from(bytes.subarray(0, 4 * MAX_NAME))
        .toString('utf8')
        .slice(0, MAX_NAME),
    );
    this.#missing--;
    this.done = this.#missing === 0;
  }

  of(nameId: number | undefined): string | undefined {
    return nameId === undefined ? undefined : this.#names.get(nameId);
  }

  /** As Java's source spells it: the dump has `java/lang/String` and `[[I`. */
  ofClass(classId: number | undefined): string | undefined {
    const name = this.of(classId === undefined ? undefined : this.#classes.get(classId));
    if (name === undefined) return undefined;
    const dimensions = /^\[*/.exec(name)?.[0].length ?? 0;
    const element = name.slice(dimensions);
    const basic = dimensions > 0 ? DESCRIPTORS[element] : undefined;
    const type = basic ?? (dimensions > 0 ? element.replace(/^L(.*);$/s, '$1') : element);
    return type.replaceAll('/', '.') + '[]'.repeat(Math.min(dimensions, 255));
  }
}

/** JVM specification, table 4.3-A. */
const DESCRIPTORS: Readonly<Record<string, string>> = {
  Z: 'boolean',
  C: 'char',
  F: 'float',
  D: 'double',
  B: 'byte',
  S: 'short',
  I: 'int',
  J: 'long',
};
