/**
 * What pax's extended headers say of the next member (POSIX.1-2017 pax, "pax Extended Header"): records of the form
 * `length key=value\n`, the length counting the whole record.
 */
import { latin1 } from '../../../bytes/convert.js';
import { nameOf } from '../framing.js';
import { decimal, pairs, type Segment } from './sparse.js';

export interface Extended {
  readonly name?: string;
  readonly size?: number;
  /** GNU tar manual, "Storing Sparse Files": the map of formats 0.0 and 0.1; that of 1.0 stands before the data. */
  readonly sparse?: { readonly size: number; readonly map?: readonly Segment[] };
}

/** Undefined where the records are damaged. */
export function parseExtended(bytes: Uint8Array): Extended | undefined {
  const records = recordsOf(bytes);
  if (!records) return undefined;
  const map = new Map(records);
  const number = (key: string) => {
    const value = map.get(key);
    return value === undefined ? undefined : decimal(latin1(value));
  };
  const name = map.get('GNU.sparse.name') ?? map.get('path');
  const size = number('size');
  const real = number('GNU.sparse.realsize') ?? number('GNU.sparse.size');
  return {
    ...(name && { name: nameOf(name) }),
    ...(size !== undefined && { size }),
    ...(real !== undefined && { sparse: sparseOf(real, records, map) }),
  };
}

function recordsOf(bytes: Uint8Array): [string, Uint8Array][] | undefined {
  const records: [string, Uint8Array][] = [];
  for (let at = 0; at < bytes.length; ) {
    const digits = /^\d{1,10} /.exec(latin1(bytes, at, at + 12))?.[0];
    const length = Number(digits);
    if (!digits || length <= digits.length || at + length > bytes.length || bytes[at + length - 1] !== 0x0a) {
      return undefined;
    }
    const record = bytes.subarray(at + digits.length, at + length - 1);
    const equals = record.indexOf(0x3d);
    if (equals < 0) return undefined;
    records.push([latin1(record, 0, equals), record.subarray(equals + 1)]);
    at += length;
  }
  return records;
}

function sparseOf(size: number, records: [string, Uint8Array][], map: Map<string, Uint8Array>): Extended['sparse'] {
  if (map.get('GNU.sparse.major')) return { size };
  const listed = map.get('GNU.sparse.map');
  // 0.0 repeats a pair of keys, 0.1 lists the pairs in one value.
  const numbers = listed
    ? latin1(listed).split(',').map(decimal)
    : records
        .filter(([key]) => /^GNU\.sparse\.(offset|numbytes)$/.test(key))
        .map(([, value]) => decimal(latin1(value)));
  return { size, map: pairs(numbers) };
}
