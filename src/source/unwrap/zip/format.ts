/** Records of a zip archive: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.5. */
import { Fields } from '../../../bytes/read.js';
import { nameOf } from '../framing.js';

export const LOCAL = 0x04034b50;
export const CENTRAL = 0x02014b50;
export const END = 0x06054b50;
export const END64 = 0x06064b50;
export const LOCATOR64 = 0x07064b50;
export const LOCAL_LENGTH = 30;
export const CENTRAL_LENGTH = 46;

/** A central directory's entry or a local header: both tell the same, where they are whole. */
export interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** Where the local header stands, before anything that was put in front of the archive; 0 in local headers. */
  readonly local: number;
  readonly disk: number;
  /** Bytes of the whole record. */
  readonly length: number;
}

export const ENCRYPTED = 1;
/** The LZMA stream has an end marker. */
export const MARKED = 2;
/** Sizes and checksum stand behind the data. */
export const DESCRIBED_BEHIND = 8;

/** Where the shared fields stand, and the lengths of what follows the fixed part. */
const LAYOUTS = {
  local: { signature: LOCAL, fixed: LOCAL_LENGTH, flags: 6, name: 26 },
  central: { signature: CENTRAL, fixed: CENTRAL_LENGTH, flags: 8, name: 28 },
};

/** The length that a record declares of itself; undefined when its fixed part is none. */
export function recordLength(bytes: Uint8Array, kind: 'local' | 'central'): number | undefined {
  const { signature, fixed, name } = LAYOUTS[kind];
  if (bytes.length < fixed) return undefined;
  const fields = new Fields(bytes, true);
  if (fields.u32(0) !== signature) return undefined;
  return fixed + fields.u16(name) + fields.u16(name + 2) + (kind === 'central' ? fields.u16(32) : 0);
}

/** `bytes` must hold the whole record. Undefined where it is none. */
export function parseEntry(bytes: Uint8Array, kind: 'local' | 'central'): Entry | undefined {
  const length = recordLength(bytes, kind);
  if (length === undefined || length > bytes.length) return undefined;
  const { fixed, flags, name } = LAYOUTS[kind];
  const fields = new Fields(bytes, true);
  const nameEnd = fixed + fields.u16(name);
  const central = kind === 'central';
  const [packed, size] = [fields.u32(flags + 12), fields.u32(flags + 16)];
  const [disk, local] = central ? [fields.u16(34), fields.u32(42)] : [0, 0];
  const wide = wideValues(fields, nameEnd, nameEnd + fields.u16(name + 2));
  // 4.5.3: only the fields that are all ones stand in the extra field, in this order.
  const widen = (value: number, ones = 0xffffffff) => (value === ones ? Number(wide.shift() ?? value) : value);
  const wideSize = widen(size);
  const entry: Entry = {
    name: nameOf(bytes.subarray(fixed, nameEnd)),
    flags: fields.u16(flags),
    method: fields.u16(flags + 2),
    crc: fields.u32(flags + 8),
    size: wideSize,
    packed: widen(packed),
    local: widen(local),
    disk: widen(disk, 0xffff),
    length,
  };
  return [entry.size, entry.packed, entry.local].every(Number.isSafeInteger) ? entry : undefined;
}

/** The 64-bit values of extra field 0x0001, the last of which may be 32 bits of a disk's number. */
function wideValues(fields: Fields, from: number, to: number): bigint[] {
  for (let at = from; at + 4 <= to; at += 4 + fields.u16(at + 2)) {
    const end = at + 4 + fields.u16(at + 2);
    if (fields.u16(at) !== 1 || end > to) continue;
    const values: bigint[] = [];
    let value = at + 4;
    for (; value + 8 <= end; value += 8) values.push(fields.u64(value));
    if (value + 4 <= end) values.push(BigInt(fields.u32(value)));
    return values;
  }
  return [];
}
