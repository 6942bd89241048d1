/**
 * Dumps whose memory has to be put together before it can be scanned: pages that are compressed one by one, pieces out of
 * order. Such a dump is an image: the file's own headers as they stand, then memory, ascending by address.
 */
import type { RandomBytes } from '../source/unwrap/chunks.js';
import type { DumpMap, Span, Warning } from '../types.js';
import { avml } from './avml/parse.js';
import { kdump } from './kdump/parse.js';
import { kdumpFlattened } from './kdump-flattened/parse.js';
import { libvirtSave } from './libvirt-save/parse.js';
import { qemuMigration } from './qemu-migration/parse.js';

/** Where a paged dump tells what it could not put together. */
export interface PagedRemarks {
  remark(warning: Warning): void;
  /** `span` of the image could not be read and is zeros in it. */
  unread(span: Span, reason: string): void;
}

export interface PagedDump {
  /** Offsets are those of the image. Pages that the dump left out are holes. */
  readonly map: DumpMap;
  /** Bytes of the image. */
  readonly size: number;
  /** The image from the front, in pieces that are valid until the next is asked for. Can be called again. */
  chunks(remarks: PagedRemarks): AsyncIterable<Uint8Array>;
  /** A span of the image; unreadable pages are zeros. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

export interface PagedFormat {
  /** As the report names it, e.g. `kdump`. */
  readonly name: string;
  matches(head: Uint8Array): boolean;
  /**
   * Reads headers and tables, no memory. Throws FormatError or BoundsError where they cannot be read at all: the file is
   * then scanned as raw bytes and is incomplete. Damage that leaves something is a warning of the map.
   */
  open(file: RandomBytes): Promise<PagedDump>;
}

/** Every paged format; the first that matches. */
export const PAGED_FORMATS: readonly PagedFormat[] = [kdump, kdumpFlattened, avml, libvirtSave, qemuMigration];

export function pagedFormatOf(head: Uint8Array, formats = PAGED_FORMATS): PagedFormat | undefined {
  return formats.find((format) => format.matches(head));
}
