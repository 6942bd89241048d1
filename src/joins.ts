/** What belongs together in memory and lies apart in the dump, where the format itself tells. */
import type { Span, Warning } from './types.js';

/** Pieces of the dump that are to be looked at side by side. Holds their bytes: `wipe` it. */
export interface Joins {
  /** In order, at most 64 KiB each; undefined where what follows has nothing to do with what was before. Read once. */
  readonly spans: Iterable<Span | undefined>;
  /** The bytes of a span, or of a part of it. */
  read(span: Span): Promise<Uint8Array>;
  /** What was not joined, once the spans are used up. */
  warnings(): readonly Warning[];
  /** Overwrites the bytes that are held. */
  wipe(): void;
}
