/** The x coordinates of many points in all forms in which memory may hold them, in flat memory: of a hundred thousand. */
import { bigintFromBytes } from '../bytes/convert.js';
import { EC_CURVES } from '../prove/curves.js';
import type { EcCurve } from '../types.js';
import { type DigitForm, toDigits } from './digits.js';
import { headOf, standsAt } from './needles.js';
import { type ByteOrder, type NumberEntry, ORDER } from './number-store.js';
import { indexIn, ordersOf } from './scalars.js';

/** Curves whose coordinates are held in Montgomery form: x·2^(8·size) modulo the prime. */
const IN_MONTGOMERY_FORM: ReadonlySet<EcCurve> = new Set<EcCurve>(['P-256', 'P-384']);

/** Forms of a coordinate besides `ByteOrder`s. */
const MONTGOMERY = 16;
const IN_DIGITS = 17;

/** The x coordinates of a portion's points, and the heads of the forms in which memory may hold them. */
export class Coordinates {
  readonly #size: number;
  readonly #forms: readonly number[];
  /** By scalar: x, and x·2^(8·size) modulo the prime, most significant byte first. */
  readonly #plain: Uint8Array;
  readonly #montgomery: Uint8Array;
  readonly #digits = new Map<number, Uint8Array>();
  /** By form of a coordinate: its head, whose it is, and which. */
  readonly heads: Int32Array;
  readonly #owners: Int32Array;
  readonly #kinds: Uint8Array;
  count = 0;

  constructor(curve: EcCurve, scalars: number, inDigits: number) {
    const { size } = EC_CURVES[curve];
    const hasMontgomery = IN_MONTGOMERY_FORM.has(curve);
    this.#size = size;
    this.#forms = [...ordersOf(size), ...(hasMontgomery ? [MONTGOMERY] : [])];
    this.#plain = new Uint8Array(scalars * size);
    this.#montgomery = new Uint8Array(hasMontgomery ? scalars * size : 0);
    const most = scalars * this.#forms.length + inDigits;
    this.heads = new Int32Array(most);
    this.#owners = new Int32Array(most);
    this.#kinds = new Uint8Array(most);
  }

  /** The point of scalar `i`, as `eachPublicPoint` gives it. */
  add(i: number, bytes: Uint8Array, at: number): void {
    const size = this.#size;
    const from = i * size;
    for (let j = 0; j < size; j++) this.#plain[from + j] = bytes[at + 1 + j] as number;
    if (this.#montgomery.length > 0) {
      for (let j = 0; j < size; j++) this.#montgomery[from + j] = bytes[at + 1 + 2 * size + j] as number;
    }
    for (const form of this.#forms) {
      const of = form === MONTGOMERY ? this.#montgomery : this.#plain;
      const order = form === MONTGOMERY ? ORDER.little : (form as ByteOrder);
      let head = 0;
      for (let j = 0; j < 4; j++) head = (head << 8) | (of[from + indexIn(order, j, size)] as number);
      this.#push(head, i, form);
    }
  }

  addDigits(i: number, form: DigitForm, bits: number): void {
    const digits = toDigits(bigintFromBytes(this.x(i)), form, bits);
    this.#digits.set(i, digits);
    this.#push(headOf(digits), i, IN_DIGITS);
  }

  #push(head: number, i: number, kind: number): void {
    this.heads[this.count] = head;
    this.#owners[this.count] = i;
    this.#kinds[this.count] = kind;
    this.count++;
  }

  x(i: number): Uint8Array {
    return this.#plain.subarray(i * this.#size, (i + 1) * this.#size);
  }

  /** The scalar whose coordinate has the head of this index, if all of it stands at `at`. */
  ownerAt(index: number, entry: NumberEntry, at: number): number | undefined {
    const owner = this.#owners[index] as number;
    const kind = this.#kinds[index] as number;
    const digits = kind === IN_DIGITS ? this.#digits.get(owner) : undefined;
    if (digits) return standsAt(digits, entry, at) ? owner : undefined;
    const size = this.#size;
    if (at + size > entry.length) return undefined;
    const of = kind === MONTGOMERY ? this.#montgomery : this.#plain;
    const order = kind === MONTGOMERY ? ORDER.little : (kind as ByteOrder);
    const { memory, start } = entry;
    for (let j = 0; j < size; j++) {
      if (memory[start + at + j] !== of[owner * size + indexIn(order, j, size)]) return undefined;
    }
    return owner;
  }
}
