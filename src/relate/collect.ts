/**
 * From a run of random-looking bytes to candidates: what could be a factor or modulus of RSA, hold a scalar, a seed or a
 * coordinate, or be part of an OpenSSH shield. Runs in the workers, on each run of a window; cheap tests come first,
 * since most runs are hashes, tables and pieces of code.
 */
import type { Sink } from '../detect/detector.js';
import { findSchedules } from './aes.js';
import { findBlob } from './blob.js';
import type { Bounds } from './bounds.js';
import { findCrtBlob } from './crt-blob.js';
import { type DenseKey, findDense, MAX_DENSE } from './dense.js';
import { DIGITS_30, DIGITS_60, type DigitForm, digitsLength, readDigits } from './digits.js';
import type { FactorFinder, FactorPlaces } from './factors.js';
import { type ByteOrder, describeOrder, KIND, type NumberStore, ORDER } from './number-store.js';
import { hasNoSmallFactor, isOddAndFull, readNumber } from './numbers.js';
import { findNearPoints, type PointBudget, pointBudget } from './points.js';
import { MAX_CIPHERTEXT, MAX_PREKEY, type OwnPart, ShieldCollector } from './shield-parts.js';

/** Bytes of context stored around a run: a number at an odd address begins in the word before. */
export const MARGIN = 8;
/** Runs that can hold a scalar or coordinates: up to X and Y of P-521 next to each other. */
const MAX_SHORT = 18 * 8;
/** Bytes between numbers of one structure. */
const MAX_GAP = 64;
/** Coordinates of P-256. */
const MIN_POINT = 64;
/** n, p and q of RSA-1024. */
const MIN_DENSE = 256;
/** Bytes of factors and moduli: RSA of 1024 to 8192 bits, in usual steps. */
export const FACTOR_SIZES = [64, 96, 128, 192, 256, 384, 480, 512, 768, 960, 1024];
export const MIN_FACTOR = 64;
const MAX_FACTOR = 1024;
/** How much longer than the number a run may be: memory behind a number keeps what was there before. */
export const MAX_SLACK = 64;
/** By so much where the number may begin at any byte. */
const MAX_ODD_SLACK = 16;
const DIGIT_ORDERS: ReadonlyArray<readonly [ByteOrder, DigitForm]> = [
  [ORDER.digits60, DIGITS_60],
  [ORDER.digits30, DIGITS_30],
];
/** Bytes around a window's own whose runs it must see as well: of packed structures, and of a prekey in several runs. */
export const NEIGHBOURHOOD = Math.max(2 * MAX_DENSE, MAX_PREKEY);

/** Collects the runs of one window. */
export class RunCollector {
  readonly #bytes: Uint8Array;
  readonly #offset: number;
  readonly #store: NumberStore;
  readonly #sink: Sink;
  readonly #finder: FactorFinder;
  readonly #own: OwnPart;
  #denseBudget: number;
  readonly #pointBudget: PointBudget;
  readonly #shields: ShieldCollector;
  /** Runs that can hold a number of a packed structure, in ascending order. */
  readonly #runs: Array<readonly [from: number, to: number]> = [];

  /**
   * `offset`: of the window's first byte in the dump; `own`: the part of the window whose runs are its own; `finder`: looks
   * at the same bytes.
   */
  constructor(
    bytes: Uint8Array,
    offset: number,
    own: OwnPart,
    store: NumberStore,
    sink: Sink,
    finder: FactorFinder,
    bounds: Bounds,
  ) {
    this.#denseBudget = bounds.packed;
    this.#pointBudget = pointBudget(bounds.nearPoints);
    this.#own = own;
    this.#bytes = bytes;
    this.#offset = offset;
    this.#store = store;
    this.#sink = sink;
    this.#finder = finder;
    this.#shields = new ShieldCollector(bytes, offset, own, store, bounds.prekeys);
  }

  /**
   * One run: `[from, to)` of the window, in ascending order. Runs that are not the window's `own`, up to NEIGHBOURHOOD
   * bytes to either side, only complete packed structures and shields.
   */
  add(from: number, to: number, own: boolean): void {
    this.#shields.add(from, to);
    if (to - from >= MIN_FACTOR - MARGIN) this.#runs.push([from, to]);
    if (!own) return;
    const length = to - from;
    if (length <= MAX_SHORT) this.#store.add(KIND.run, ORDER.little, this.#offset + from, ...this.#around(from, to));
    // The ciphertexts below have theirs in them.
    else if (length > MAX_CIPHERTEXT)
      this.#store.add(KIND.head, ORDER.little, this.#offset + from, ...this.#around(from, from + MAX_SHORT));
    if (length + MARGIN >= MIN_FACTOR) this.#factors(from, to);
    const blob = findBlob(this.#bytes, from, to) ?? findCrtBlob(this.#bytes, from, to);
    if (blob) this.#sink.secret('rsa-numbers', blob.from, blob.to, blob.secret);
    // A schedule in the middle of a word, and one of whose words chance made text, has words outside of the run.
    const [first, last] = [Math.max(0, from - 2 * MARGIN), Math.min(this.#bytes.length, to + 2 * MARGIN)];
    for (const schedule of findSchedules(this.#bytes, first, last)) {
      this.#sink.secret('aes-key-schedule', schedule.from, schedule.from + schedule.length, {
        kind: 'private-key',
        form: `AES-${schedule.bits} key schedule`,
        length: schedule.length,
        key: { type: 'symmetric', secret: this.#bytes.slice(schedule.from, schedule.from + schedule.bits / 8) },
        whole: true,
        checked: 'the words follow from each other by the key expansion',
      });
    }
  }

  /**
   * Packed structures: runs with little between them. Taken by cells of the dump, each with what reaches behind it, so
   * that what belongs together does not depend on where the window begins.
   */
  #packed(): void {
    let index = 0;
    while (index < this.#runs.length) {
      const [from] = this.#runs[index] as readonly [number, number];
      const cell = Math.floor((this.#offset + from) / MAX_DENSE) * MAX_DENSE - this.#offset;
      if (cell >= this.#own.from && cell < this.#own.to) index = this.#packedIn(cell, index);
      else index++;
    }
  }

  /** The structures that begin in one cell. Returns the index of the first run of a later one. */
  #packedIn(cell: number, first: number): number {
    let index = first;
    for (; index < this.#runs.length; index++) {
      const [from, end] = this.#runs[index] as readonly [number, number];
      if (from >= cell + MAX_DENSE) break;
      let [to, last] = [end, index];
      for (; last + 1 < this.#runs.length; last++) {
        const [nextFrom, nextTo] = this.#runs[last + 1] as readonly [number, number];
        if (nextFrom - to > MAX_GAP || nextTo > cell + 2 * MAX_DENSE) break;
        to = nextTo;
      }
      this.#structure(from, to);
      // What follows in this cell belongs to the same structure, up to the next gap.
      index = last;
    }
    while (index < this.#runs.length && (this.#runs[index] as readonly [number, number])[0] < cell + MAX_DENSE) index++;
    return index;
  }

  #structure(from: number, to: number): void {
    if (to - from >= MIN_POINT) {
      const [start, end] = [Math.max(0, from - MARGIN), Math.min(this.#bytes.length, to + MARGIN)];
      for (const { key, from: first, to: last, apart } of findNearPoints(this.#bytes, start, end, this.#pointBudget)) {
        const form = `${key.curve} scalar, big-endian`;
        // A scalar and a point each in memory of its own are what a connection has, too.
        this.#sink.secret(apart ? 'ec-session-scalar' : 'ec-scalar', first, last, {
          kind: 'private-key',
          form,
          length: last - first,
          key,
          whole: true,
        });
      }
    }
    if (to - from < MIN_DENSE) return;
    this.#denseBudget -= to - from;
    if (this.#denseBudget < 0) {
      this.#store.drop(KIND.packed);
      return;
    }
    const dense = findDense(this.#bytes, from, to);
    for (const [name, start, end] of dense?.spans ?? []) {
      const form = `RSA ${name}, ${describeOrder((dense as DenseKey).order)}`;
      this.#sink.secret('rsa-numbers', start, end, { ...(dense as DenseKey).secret, form });
    }
  }

  /** After the last run of the window. */
  end(): void {
    this.#packed();
    for (let i = 0; i < this.#pointBudget.givenUp; i++) this.#store.drop(KIND.point);
  }

  #around(from: number, to: number): [bytes: Uint8Array, lead: number] {
    const start = Math.max(0, from - MARGIN);
    return [this.#bytes.subarray(start, Math.min(this.#bytes.length, to + MARGIN)), from - start];
  }

  #factors(from: number, to: number): void {
    const length = to - from;
    // What would find no room needs no tests: they are what a dump full of such runs costs.
    if (!this.#store.hasRoom(MIN_FACTOR)) {
      this.#store.drop(KIND.factor);
      return;
    }
    const exact = [length - 8, length, length + 8].filter((size) => !FACTOR_SIZES.includes(size));
    for (const size of exact) if (size >= MIN_FACTOR && size <= MAX_FACTOR) this.#factor(from, to, size, 8);
    for (const size of FACTOR_SIZES) {
      if (size > length + MARGIN) break;
      if (size >= length - MAX_SLACK) this.#factor(from, to, size, size >= length - MAX_ODD_SLACK ? 1 : 8);
      else {
        // Constants for arithmetic follow a modulus in some libraries: 2^k modulo it, as long as it is. Not in words.
        this.#search({ first: from, last: from, size, step: 8, aligned: from + 1 });
      }
      for (const [order, form] of DIGIT_ORDERS) this.#digits(from, to, size, order, form);
    }
  }

  /** A number of `size` bytes in digits, at the beginning of the run. */
  #digits(from: number, to: number, size: number, order: ByteOrder, form: DigitForm): void {
    const span = digitsLength(form, 8 * size);
    if (to - from + MARGIN < span) return;
    const value = readDigits(this.#bytes, from, form, 8 * size);
    if (value === undefined || !isOddAndFull(value, 0, size, ORDER.little)) return;
    if (hasNoSmallFactor(readNumber(value, 0, size, ORDER.little))) {
      this.#store.add(KIND.factor, order, this.#offset + from, value);
    }
  }

  /** Every place of a number of `size` bytes in the run and the odd bytes around it; `step`: 8 for aligned places only. */
  #factor(from: number, to: number, size: number, step: 1 | 8): void {
    const bytes = this.#bytes;
    // A word at either end that chance made look like text or a pointer is not in the run.
    const first = from - MARGIN < 0 ? from : from - MARGIN;
    const last = Math.min(bytes.length, to + MARGIN) - size;
    this.#search({ first, last, size, step, aligned: from });
  }

  #search(places: FactorPlaces): void {
    this.#finder.find(places, (at, order) => {
      this.#store.add(KIND.factor, order, this.#offset + at, this.#bytes.subarray(at, at + places.size));
    });
  }
}
