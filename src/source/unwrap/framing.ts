/** What archive readers share: framing in large pieces, spans that grow, remarks on damage, names. */
import { latin1 } from '../../bytes/convert.js';
import type { Span, Warning } from '../../types.js';
import type { ChunkReader } from './chunks.js';
import type { Framing, Remark } from './wrapper.js';

/** Framing that lies side by side is handed on together, in pieces of about this length. */
const PIECE = 64 * 1024;

/** A span whose length is final when the member was read, or given up. */
export type GrowingSpan = { -readonly [Key in keyof Span]: Span[Key] };

/** Collects framing. `add` hands on what is full, `flush` the rest: to be called before any other part is handed on. */
export class Framer {
  #pieces: Uint8Array[] = [];
  #offset = 0;
  #length = 0;

  *add(offset: number, bytes: Uint8Array): Generator<Framing, void> {
    if (bytes.length === 0) return;
    if (this.#length > 0 && offset !== this.#offset + this.#length) yield* this.flush();
    if (this.#length === 0) this.#offset = offset;
    this.#pieces.push(new Uint8Array(bytes)); // `slice` of a Buffer would not copy
    this.#length += bytes.length;
    if (this.#length >= PIECE) yield* this.flush();
  }

  *flush(): Generator<Framing, void> {
    if (this.#length === 0) return;
    const [offset, bytes] = [this.#offset, Buffer.concat(this.#pieces)];
    this.#pieces = [];
    this.#length = 0;
    yield { kind: 'framing', offset, bytes };
  }

  /** The next `length` bytes of `reader`, or all that are left. */
  async *through(reader: ChunkReader, length = Number.POSITIVE_INFINITY): AsyncGenerator<Framing, void> {
    for (let left = length; left > 0; ) {
      const at = reader.offset;
      const bytes = await reader.some(Math.min(left, PIECE));
      if (bytes.length === 0) return;
      left -= bytes.length;
      yield* this.add(at, bytes);
    }
  }
}

/**
 * Remarks on one archive: each message once, with the place where it was first true, whatever the number of members. Where
 * it is true again the same object is handed on, since it concerns another member.
 */
export class Damage {
  readonly #said = new Map<string, Warning>();

  constructor(
    readonly format: string,
    readonly remark: Remark,
  ) {}

  /** Whether anything has been said. */
  get any(): boolean {
    return this.#said.size > 0;
  }

  damaged(what: string, offset: number): void {
    this.#say('ARCHIVE_DAMAGED', what, offset);
  }

  truncated(what: string, offset: number): void {
    this.#say('ARCHIVE_TRUNCATED', what, offset);
  }

  #say(code: string, what: string, offset: number): void {
    const message = `${this.format}: ${what}, first at offset ${offset}`;
    const warning = this.#said.get(what) ?? { code, message, incomplete: true };
    this.#said.set(what, warning);
    this.remark(warning);
  }
}

/** Passes over bytes; `false` when there were fewer. */
export async function skip(reader: ChunkReader, length: number): Promise<boolean> {
  for (let left = length; left > 0; ) {
    const bytes = await reader.some(left);
    if (bytes.length === 0) return false;
    left -= bytes.length;
  }
  return true;
}

/** A name as the archive spells it: UTF-8 where it is, otherwise one character for each byte. */
export function nameOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return latin1(bytes);
  }
}

/** Bytes before the first zero. */
export function untilZero(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}
