/**
 * Credential caches of Kerberos (MIT krb5, doc/formats/ccache_file_format.rst): files of version 3 and 4, and credentials
 * alone in the same form, as keyrings and KCM hold them. All fields are big-endian.
 */
import { Fields, slice } from '../../bytes/read.js';
import { attempt, FormatError } from '../../errors.js';
import { ENCTYPES, isName, MAX_COMPONENTS, MAX_NAME, principalOf, timeOf } from './names.js';

const MAX_HEADER = 1024;
const MAX_CREDENTIALS = 1000;
const MAX_ITEMS = 64;
const MAX_ITEM = 4096;
const MAX_TICKET = 65_536;
/** Realm of settings that are kept in a cache. */
const SETTINGS = 'X-CACHECONF:';

export interface Credential {
  /** Indexes, half-open. */
  readonly from: number;
  readonly to: number;
  readonly enctype: string;
  readonly key: Uint8Array;
  readonly notes: readonly string[];
}

/** The credentials of a file that begins at index 0, up to the first that is none or is cut. */
export function readCcache(bytes: Uint8Array): Credential[] {
  const version = bytes[1];
  if (bytes[0] !== 5 || (version !== 3 && version !== 4)) throw new FormatError('ccache version');
  const cursor = new CcacheCursor(bytes, 2, version);
  if (version === 4) cursor.skipHeader();
  cursor.principal();
  const found: Credential[] = [];
  for (let i = 0; i < MAX_CREDENTIALS; i++) {
    const credential = attempt(() => cursor.credential());
    if (credential === undefined) break;
    if (credential !== 'settings') found.push(credential);
  }
  if (found.length === 0) throw new FormatError('ccache without tickets');
  return found;
}

/** Bytes of name type and number of components. */
const PRINCIPAL_HEAD = 8;

/**
 * The credential of a ticket-granting ticket whose server's first component, `krbtgt` behind its length, stands at `at`: the
 * realm of the server stands before it, and the client before that, which is of the same realm.
 */
export function readGranting(bytes: Uint8Array, at: number): Credential | undefined {
  const realm = counted(bytes, at + 4 + 'krbtgt'.length);
  if (realm === undefined || !isName(realm)) return undefined;
  const server = at - 4 - realm.length - PRINCIPAL_HEAD;
  for (let from = server - PRINCIPAL_HEAD - 4 - realm.length - 5; from >= 0 && server - from <= MAX_CLIENT; from--) {
    if (!isPrincipal(bytes, from, server)) continue;
    const cursor = new CcacheCursor(bytes, from, 4);
    const credential = attempt(() => cursor.credential(server));
    if (credential !== undefined && credential !== 'settings') return credential;
  }
  return undefined;
}

const MAX_CLIENT = 512;

/** Whether one may fill `[from, end)`, by its counts alone: this is asked at hundreds of places, and throws nothing. */
function isPrincipal(bytes: Uint8Array, from: number, end: number): boolean {
  const u32 = (at: number) =>
    (bytes[at] as number) * 2 ** 24 +
    (((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number));
  const count = u32(from + 4);
  if (u32(from) > 0xff || count === 0 || count > MAX_COMPONENTS) return false;
  let at = from + PRINCIPAL_HEAD;
  for (let i = 0; i <= count && at < end; i++) at += 4 + u32(at);
  return at === end;
}

function counted(bytes: Uint8Array, at: number): string | undefined {
  const length = attempt(() => new Fields(bytes, false).u32(at));
  if (length === undefined || length > MAX_NAME || at + 4 + length > bytes.length) return undefined;
  return Buffer.from(bytes.slice(at + 4, at + 4 + length)).toString('latin1');
}

class CcacheCursor {
  readonly #bytes: Uint8Array;
  readonly #fields: Fields;
  readonly #version: number;
  #at: number;

  constructor(bytes: Uint8Array, at: number, version: number) {
    this.#bytes = bytes;
    this.#fields = new Fields(bytes, false);
    this.#at = at;
    this.#version = version;
  }

  /** Of version 4: fields behind the length of them all. */
  skipHeader(): void {
    const length = this.#fields.u16(this.#at);
    if (length > MAX_HEADER) throw new FormatError('ccache header');
    this.#at += 2 + length;
  }

  principal(): string[] {
    const [type, count] = [this.#u32(), this.#u32()];
    if (type > 0xff || count === 0 || count > MAX_COMPONENTS) throw new FormatError('ccache principal');
    return Array.from({ length: count + 1 }, () => {
      const name = Buffer.from(this.#data(MAX_NAME).slice()).toString('latin1');
      if (!isName(name)) throw new FormatError('ccache name');
      return name;
    });
  }

  /** `server`: where the second principal must begin, if that is known. */
  credential(server?: number): Credential | 'settings' {
    const from = this.#at;
    const [clientRealm = '', ...client] = this.principal();
    if (server !== undefined && this.#at !== server) throw new FormatError('ccache client');
    const [realm = '', ...service] = this.principal();
    const enctype = this.#u16();
    if (this.#version === 3) this.#u16();
    const key = this.#data(MAX_NAME).slice();
    const [authenticated = 0, , end = 0] = [this.#u32(), this.#u32(), this.#u32(), this.#u32()];
    // Whether the key is of another ticket, and flags.
    this.#at += 5;
    this.#items();
    this.#items();
    const ticket = this.#data(MAX_TICKET);
    this.#data(MAX_TICKET);
    if (realm === SETTINGS) return 'settings';
    const type = ENCTYPES.get(enctype);
    if (type === undefined || key.length !== type[1] || ticket.length === 0) throw new FormatError('ccache key');
    if (key.every((byte) => byte === 0)) throw new FormatError('ccache key of zeros');
    const notes = [
      `client ${principalOf(clientRealm, client)}`,
      `ticket for ${principalOf(realm, service)}`,
      `valid from ${timeOf(authenticated)} until ${timeOf(end)}`,
      type[0],
    ];
    return { from, to: this.#at, enctype: type[0], key, notes };
  }

  /** Addresses, authorization data. */
  #items(): void {
    const count = this.#u32();
    if (count > MAX_ITEMS) throw new FormatError('ccache items');
    for (let i = 0; i < count; i++) {
      this.#at += 2;
      this.#data(MAX_ITEM);
    }
  }

  #data(limit: number): Uint8Array {
    const length = this.#u32();
    if (length > limit) throw new FormatError('ccache field');
    const data = slice(this.#bytes, this.#at, length);
    this.#at += length;
    return data;
  }

  #u32(): number {
    this.#at += 4;
    return this.#fields.u32(this.#at - 4);
  }

  #u16(): number {
    this.#at += 2;
    return this.#fields.u16(this.#at - 2);
  }
}
