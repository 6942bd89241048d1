/**
 * What a detector is: literal anchors that the sieve looks for, and a function that judges one occurrence.
 *
 * A detector sees a window of the dump around the hit: always the `BACK` bytes before it and the `CARRY` bytes after
 * it, less only where the dump itself begins or ends. So what it says cannot depend on how the dump was cut into chunks.
 */
import type { CertificateSighting, ParsedSecret } from '../types.js';
import type { CredentialRuleId, RuleId } from './rules.js';

/** Bytes of context before an anchor. A structure must begin at most this far before its anchor. */
export const BACK = 64 * 1024;

/** Bytes of context from an anchor on. No structure is read further than this. */
export const CARRY = 1024 * 1024;

/** Anchors are 4 to 32 bytes long: shorter ones are too common, longer ones gain nothing. */
export interface Anchor {
  readonly literal: Uint8Array;
  /** Free for the detector: tells its own anchors apart, e.g. `utf16le`. */
  readonly tag: string;
}

/** One occurrence of an anchor. `bytes` is a view of shared memory: copy (`slice`) what you keep or hand to a library. */
export interface Hit {
  readonly bytes: Uint8Array;
  /** Index in `bytes` of the anchor's first byte. */
  readonly at: number;
  readonly anchor: Anchor;
}

/** Where a detector puts what it finds. Indexes are those of `hit.bytes`. */
export interface Sink {
  /** A secret whose encoding takes `[from, to)`. It is proven, named and stripped of secrets behind this call. */
  secret(rule: RuleId | CredentialRuleId, from: number, to: number, secret: ParsedSecret): void;
  /** A certificate (public data), to name keys by. */
  certificate(sighting: CertificateSighting): void;
  /** A SubjectPublicKeyInfo (public data), to recognise keys by that exist only as numbers. */
  publicKey(spki: Uint8Array): void;
  /**
   * A text that is no finding by itself, and may be the secret of a signature that lies in the same dump (relate/tokens/).
   * It is kept in shared memory alone, and wiped with the dump.
   */
  candidate?(from: number, to: number, form: string, text: string): void;
  /** A structure begins at `at` whose secret lies elsewhere: its addresses are followed after the scan. */
  structure?(at: number): void;
  /**
   * Work or size limits kept the detector from judging `[from, to)`: the dump is then not completely scanned. `to` may be
   * Infinity: to the end of what the window has to judge, which goes on behind what the detector sees.
   */
  undecided(from: number, to: number, reason: string): void;
}

export interface Detector {
  readonly name: string;
  readonly anchors: readonly Anchor[];
  /**
   * Judges one hit. Returns having called the sink zero or more times. May throw FormatError or BoundsError for
   * "not one of mine"; must not throw anything else, whatever the bytes. Its work must be bounded by the bytes of the
   * structure it really reads, so that a dump full of anchors stays linear.
   */
  detect(hit: Hit, sink: Sink): void;
}

export function anchor(literal: Uint8Array | string, tag = ''): Anchor {
  return { literal: typeof literal === 'string' ? Uint8Array.from(Buffer.from(literal, 'latin1')) : literal, tag };
}

/** An anchor from hex digits; blanks are ignored. */
export function hexAnchor(digits: string, tag = ''): Anchor {
  return { literal: Uint8Array.from(Buffer.from(digits.replaceAll(' ', ''), 'hex')), tag };
}

/** The text as ASCII, UTF-16LE and UTF-16BE anchors, tagged `ascii`, `utf16le`, `utf16be`. */
export function textAnchors(text: string): Anchor[] {
  const ascii = Buffer.from(text, 'latin1');
  const le = Buffer.from(text, 'utf16le');
  // Without the final zero byte the little-endian form, and without the first one the big-endian form, still stands.
  return [
    { literal: Uint8Array.from(ascii), tag: 'ascii' },
    { literal: Uint8Array.from(le.subarray(0, 32)), tag: 'utf16le' },
    { literal: Uint8Array.from(Buffer.from(le).swap16().subarray(0, 32)), tag: 'utf16be' },
  ];
}
