/** Finds and unpacks the header, which stands at the end of the archive. */
import { crc32 } from 'node:zlib';
import { concatBytes } from '../../../bytes/convert.js';
import { Fields } from '../../../bytes/read.js';
import { BoundsError, FormatError } from '../../../errors.js';
import type { RandomBytes } from '../chunks.js';
import type { Damage } from '../framing.js';
import { unreadable } from './coders.js';
import { FolderReader } from './folder.js';
import { type Folder, type Header, parseHeader, sizeOf } from './format.js';

/** 7zFormat.txt, "SignatureHeader": places are counted from its end. */
export const BASE = 32;
/** A header's bytes, packed or not: some hundred thousand files with long names. */
const HEADER_LIMIT = 64 * 1024 * 1024;
/** A packed header may hold another one; programs write one. */
const MOST_LAYERS = 4;

/** A header that was packed, and its bytes. */
export interface PackedHeader {
  readonly folder: Folder;
  readonly bytes: Uint8Array;
}

/** A packed header that cannot be unpacked: the members are not known. */
export interface Locked {
  /** Where it ends; all before may be packed as well. */
  readonly end: number;
  readonly reason: string;
}

export interface Opened {
  /** Absent where it cannot be had; why has been told, but for `locked`. */
  readonly header?: Header;
  readonly packed: readonly PackedHeader[];
  readonly locked?: Locked;
}

export async function openHeader(file: RandomBytes, damage: Damage): Promise<Opened> {
  const packed: PackedHeader[] = [];
  let bytes = await outerHeader(file, damage);
  try {
    for (let layer = 0; bytes !== undefined && layer < MOST_LAYERS; layer++) {
      const parsed = parseHeader(bytes);
      if (!('encoded' in parsed)) return { header: parsed, packed };
      const [folder, other] = parsed.encoded;
      if (folder === undefined || other !== undefined) throw new FormatError('not one folder');
      const reason = unreadable(folder);
      if (reason !== undefined) return { packed, locked: { end: endOf(folder), reason } };
      bytes = await unpacked(file, folder, damage);
      if (bytes !== undefined) packed.push({ folder, bytes });
    }
    if (bytes !== undefined) throw new FormatError('headers in headers');
  } catch (error) {
    if (!(error instanceof FormatError || error instanceof BoundsError)) throw error;
    damage.damaged('its header is damaged: its members are not known', file.size);
  }
  return { packed };
}

const endOf = ({ start, packed }: Folder) => packed.reduce((sum, length) => sum + length, BASE + start);

async function outerHeader(file: RandomBytes, damage: Damage): Promise<Uint8Array | undefined> {
  const head = await file.read(0, BASE);
  if (head.length < BASE) {
    damage.truncated('ends within the first header', file.size);
    return undefined;
  }
  const fields = new Fields(head, true);
  const [at, size] = [Number(fields.u64(12)) + BASE, Number(fields.u64(20))];
  // What a program writes before it has packed anything.
  const begun = head.subarray(8).every((byte) => byte === 0);
  if (!begun && crc32(head.subarray(12)) !== fields.u32(8)) damage.damaged('the first header’s checksum is wrong', 8);
  if (size === 0) {
    if (file.size > BASE) damage.truncated('its header was never written: its members are not known', file.size);
    return undefined;
  }
  if (!Number.isSafeInteger(at) || !Number.isSafeInteger(size) || at + size > file.size) {
    damage.truncated('ends before its header, or within: its members are not known', file.size);
    return undefined;
  }
  if (size > HEADER_LIMIT) {
    damage.damaged('its header is larger than is read: its members are not known', at);
    return undefined;
  }
  const bytes = await file.read(at, size);
  if (crc32(bytes) !== fields.u32(28)) damage.damaged('the header’s checksum is wrong', at);
  return bytes;
}

async function unpacked(file: RandomBytes, folder: Folder, damage: Damage): Promise<Uint8Array | undefined> {
  const size = sizeOf(folder);
  if (size > HEADER_LIMIT) {
    damage.damaged('its header is larger than is read: its members are not known', BASE + folder.start);
    return undefined;
  }
  const reader = new FolderReader(file, folder, BASE, damage);
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of reader.file(0, { size, crc: folder.crc })) pieces.push(new Uint8Array(piece));
  } finally {
    await reader.close();
  }
  return concatBytes(...pieces);
}
