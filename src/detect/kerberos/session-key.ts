/**
 * EncryptionKey in messages of Kerberos that lie decrypted in memory (RFC 4120 sections 5.2.9, 5.4.2 and 5.8.1): replies of
 * the KDC, and KRB-CRED, which Windows tools write into .kirbi files without encryption. The fields behind the key tell
 * whose it is; what follows the key is read as far as it goes.
 */
import { DerCursor, TAG } from '../../bytes/der.js';
import { attempt, FormatError } from '../../errors.js';
import { ENCTYPES, isName, principalOf } from './names.js';

/** Types of keys that are in use, as they begin: `SEQUENCE { [0] INTEGER type, [1] OCTET STRING }`. */
const TYPES = [17, 18, 19, 20, 23, 25, 26];

export const KEY_HEADS: readonly string[] = TYPES.map((type) => {
  const bytes = ENCTYPES.get(type)?.[1] ?? 0;
  const byte = (value: number) => value.toString(16).padStart(2, '0');
  return `30${byte(9 + bytes)}a0030201${byte(type)}a1${byte(bytes + 2)}04${byte(bytes)}`;
});

export interface SessionKey {
  readonly from: number;
  readonly to: number;
  readonly key: Uint8Array;
  readonly notes: readonly string[];
}

const CONTEXT = 0xa0;
const GENERAL_STRING = 0x1b;
const GENERALIZED_TIME = 0x18;
/** Bytes of what follows the key. */
const MAX_REST = 4096;

/** The key whose EncryptionKey begins at `at`; undefined where no names of Kerberos follow. */
export function readSessionKey(bytes: Uint8Array, at: number): SessionKey | undefined {
  const cursor = new DerCursor(bytes, at);
  const sequence = cursor.enter(TAG.sequence);
  const type = ENCTYPES.get(Number(sequence.enter(CONTEXT).unsigned()));
  const key = sequence
    .enter(CONTEXT + 1)
    .take(TAG.octetString)
    .content.slice();
  if (type === undefined || key.length !== type[1] || key.every((byte) => byte === 0)) return undefined;
  const known = fieldsBehind(bytes, cursor.at);
  // A key of a message without any name could be anything's.
  if (known.realms.length === 0) return undefined;
  const times = known.times.length > 0 ? [`times ${[...new Set(known.times)].join(', ')}`] : [];
  return { from: at, to: cursor.at, key, notes: [...known.realms, ...times, type[0]] };
}

interface Known {
  readonly realms: string[];
  readonly times: string[];
}

/** Realms, names and times in the fields that follow: context tags, in ascending order. */
function fieldsBehind(bytes: Uint8Array, at: number): Known {
  const cursor = new DerCursor(bytes, at, Math.min(bytes.length, at + MAX_REST));
  const known: Known = { realms: [], times: [] };
  let realm: string | undefined;
  let last = CONTEXT;
  while (cursor.peek > last && cursor.peek < CONTEXT + 16) {
    const field = attempt(() => cursor.next());
    if (field === undefined) break;
    last = field.tag;
    const inner = new DerCursor(field.content);
    if (inner.peek === GENERAL_STRING) {
      // A realm stands before the name that it is of.
      if (realm !== undefined) known.realms.push(`principal ${principalOf(realm, [])}`);
      realm = attempt(() => nameIn(inner));
    } else if (inner.peek === GENERALIZED_TIME) {
      known.times.push(...(attempt(() => [timeIn(inner)]) ?? []));
    } else if (realm !== undefined && inner.peek === TAG.sequence) {
      const parts = attempt(() => partsIn(inner));
      if (parts === undefined) continue;
      known.realms.push(`principal ${principalOf(realm, parts)}`);
      realm = undefined;
    }
  }
  return known;
}

/** A GeneralString that is a name. */
export function nameIn(cursor: DerCursor): string {
  const name = Buffer.from(cursor.take(GENERAL_STRING).content.slice()).toString('latin1');
  if (!isName(name)) throw new FormatError('Kerberos name');
  return name;
}

/** PrincipalName: `SEQUENCE { [0] INTEGER, [1] SEQUENCE OF GeneralString }`. */
export function partsIn(cursor: DerCursor): string[] {
  const sequence = cursor.enter(TAG.sequence);
  sequence.enter(CONTEXT).unsigned();
  const list = sequence.enter(CONTEXT + 1).enter(TAG.sequence);
  const parts: string[] = [];
  while (!list.done) parts.push(nameIn(list));
  return parts;
}

/** `20300101000000Z` as `2030-01-01T00:00:00Z`. */
function timeIn(cursor: DerCursor): string {
  const text = Buffer.from(cursor.take(GENERALIZED_TIME).content.slice()).toString('latin1');
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  if (parts.length === 0) throw new FormatError('Kerberos time');
  return `${parts.slice(0, 3).join('-')}T${parts.slice(3).join(':')}Z`;
}
