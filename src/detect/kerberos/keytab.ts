/**
 * Keytab files of Kerberos, version 2 (MIT krb5, doc/formats/keytab_file_format.rst): 05 02, then entries, each behind its
 * length; a negative length is a hole. All fields are big-endian.
 */
import { Fields, slice } from '../../bytes/read.js';
import { BoundsError, FormatError } from '../../errors.js';
import { ENCTYPES, isName, MAX_COMPONENTS, principalOf } from './names.js';

const HEADER_LENGTH = 2;
const MAX_ENTRY = 4096;
const MAX_ENTRIES = 1000;

export interface KeytabEntry {
  /** Indexes of the entry, its length included, half-open. */
  readonly from: number;
  readonly to: number;
  /** `HTTP/web.example@EXAMPLE`; of a user, who has one component alone, `@EXAMPLE`. */
  readonly principal: string;
  readonly enctype: string;
  readonly key: Uint8Array;
}

/** The entries of a file that begins at index 0, up to the first that is none; throws where there is no first one. */
export function readKeytab(bytes: Uint8Array): KeytabEntry[] {
  if (bytes[0] !== 5 || bytes[1] !== 2) throw new FormatError('keytab version');
  const entries: KeytabEntry[] = [];
  const fields = new Fields(bytes, false);
  for (let at = HEADER_LENGTH; entries.length < MAX_ENTRIES && at + 4 <= bytes.length; ) {
    const length = fields.i32(at);
    if (length === 0 || Math.abs(length) > MAX_ENTRY || at + 4 + Math.abs(length) > bytes.length) break;
    const to = at + 4 + Math.abs(length);
    const entry = length > 0 ? wholeEntry(bytes.subarray(at + 4, to)) : undefined;
    if (length > 0 && entry === undefined) break;
    if (entry) entries.push({ ...entry, from: at, to });
    at = to;
  }
  if (entries.length === 0) throw new FormatError('keytab without entries');
  return entries;
}

type Entry = Omit<KeytabEntry, 'from' | 'to'>;

/** Undefined where its fields go on behind its end: what came before it stands. */
function wholeEntry(bytes: Uint8Array): Entry | undefined {
  try {
    return readEntry(bytes);
  } catch (error) {
    if (error instanceof BoundsError) return undefined;
    throw error;
  }
}

/** Undefined where the fields do not fit each other. */
function readEntry(bytes: Uint8Array): Entry | undefined {
  const fields = new Fields(bytes, false);
  const components = fields.u16(0);
  if (components === 0 || components > MAX_COMPONENTS) return undefined;
  const names: string[] = [];
  let at = 2;
  // The realm, then the components.
  for (let i = 0; i <= components; i++) {
    const length = fields.u16(at);
    const name = Buffer.from(slice(bytes, at + 2, length)).toString('latin1');
    if (!isName(name)) return undefined;
    names.push(name);
    at += 2 + length;
  }
  // Type of the name, time, version of the key.
  at += 9;
  const type = ENCTYPES.get(fields.u16(at));
  const length = fields.u16(at + 2);
  if (type === undefined || length !== type[1]) return undefined;
  const key = slice(bytes, at + 4, length);
  // A longer version may follow; padding is zeros.
  if (key.every((byte) => byte === 0)) return undefined;
  const [realm = '', ...parts] = names;
  return { principal: principalOf(realm, parts), enctype: type[0], key: key.slice() };
}
