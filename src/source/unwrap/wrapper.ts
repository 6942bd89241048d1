/**
 * What an unpacker is. A compression holds one stream of bytes, an archive any number of members with names. Both are
 * recognised by their magic and read from the front in constant memory; an archive may ask for random access instead.
 */
import type { Span, Warning } from '../../types.js';
import type { Chunks, RandomBytes } from './chunks.js';

/**
 * Takes remarks on what was unpacked: damage, bytes passed over. An `incomplete` one keeps the dump from being clean. The
 * same object may come again, for another member.
 */
export type Remark = (warning: Warning) => void;

export interface Compression {
  readonly kind: 'compression';
  /** As the report names it, e.g. `gzip`. */
  readonly name: string;
  /** `head`: the first 512 bytes, or all of them. */
  matches(head: Uint8Array): boolean;
  /**
   * The unpacked bytes, of all frames one after the other. What stands behind the last frame and is not zero is passed on
   * as it stands, with a remark. Damage ends the bytes with a remark that is `incomplete`; nothing is thrown for it.
   */
  unpack(packed: Chunks, remark: Remark): Chunks;
}

export interface Member {
  readonly kind: 'member';
  /** As the archive spells it; never used as a path. */
  readonly name: string;
  /**
   * Its packed bytes within the archive: they are accounted for by the member. The length is final only when the next part
   * is asked for: an archive that is read from the front may not know before where a member ends.
   */
  readonly span: Span;
  /** Its bytes from the front. A sequential archive's member must be read before the next part is asked for. */
  readonly chunks: Chunks;
  /** Bytes when unpacked, where the archive says so; a hint, not to be relied on. */
  readonly size?: number;
}

/** Bytes of the archive that belong to no member: headers, directories, padding, what stands before or behind. */
export interface Framing {
  readonly kind: 'framing';
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Bytes of the archive that could not be read: encrypted, damaged, an unknown method. */
export interface Unread {
  readonly kind: 'unread';
  readonly span: Span;
  /** Without the member's name. */
  readonly reason: string;
}

export type ArchivePart = Member | Framing | Unread;

interface ArchiveBase {
  readonly kind: 'archive';
  readonly name: string;
  matches(head: Uint8Array): boolean;
}

/**
 * `parts` accounts for every byte of the archive: members' spans, framing and unread spans together cover it, without
 * overlap. Damage ends it with a remark; nothing is thrown for it.
 */
export type Archive =
  | (ArchiveBase & {
      readonly access: 'sequential';
      parts(packed: Chunks, remark: Remark): AsyncIterable<ArchivePart>;
    })
  | (ArchiveBase & {
      readonly access: 'random';
      parts(packed: RandomBytes, remark: Remark): AsyncIterable<ArchivePart>;
    });

export type Wrapper = Compression | Archive;
