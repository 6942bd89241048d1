/**
 * The signed tokens of one window, and the texts that may be secrets of their signatures: what other rules found, values of
 * names that sound like a secret, and what lies near a token. They go to the store that the threads share, and nowhere else.
 */
import { readCompactJws } from '../../detect/credentials/compact-jws.js';
import { KIND, type NumberEntry, type NumberStore, ORDER } from '../number-store.js';
import { textsNear } from './near.js';

/** Of one window: distinct tokens, texts of each kind, and places of one text that are told. */
const MAX_TOKENS = 512;
const MAX_TEXTS = 2048;
const MAX_PLACES = 8;
/** Bytes of a text: no token is longer by its rules. */
const MAX_TOKEN = 8192;
const [MIN_TEXT, MAX_TEXT] = [4, 512];

const FINGERPRINT = 32;

export class TextCollector {
  /** Tokens that were stored. */
  tokens = 0;
  readonly #bytes: Uint8Array;
  readonly #offset: number;
  readonly #store: NumberStore;
  readonly #known = new Set<string>();
  /** By kind: places of each text. */
  readonly #places = { [KIND.secret]: new Map<string, number>(), [KIND.near]: new Map<string, number>() };

  /** `bytes`: the window; `offset`: of its first byte in the dump. */
  constructor(bytes: Uint8Array, offset: number, store: NumberStore) {
    this.#bytes = bytes;
    this.#offset = offset;
    this.#store = store;
  }

  /**
   * What a rule found at `[from, to)`: a token, or a text that may sign one. `fingerprint`: 64 hexadecimal digits.
   * `isFormal`: its own form tells it; what only stands behind `Bearer ` is found as a token as well.
   */
  credential(from: number, to: number, form: string, text: string, fingerprint: string, isFormal = true): void {
    const token = text.length > MAX_TOKEN || !text.includes('.') ? undefined : readCompactJws(text);
    if (token === undefined) this.#text(KIND.secret, from, to, form, text, fingerprint);
    else if (isFormal) this.#token(from, to, text, fingerprint, /^HS/.test(token.algorithm));
  }

  /** The value of a name that sounds like a secret. */
  candidate(from: number, to: number, form: string, text: string): void {
    this.#text(KIND.secret, from, to, form, text);
  }

  #token(from: number, to: number, text: string, fingerprint: string, hasSecret: boolean): void {
    if (this.#known.has(text)) return;
    if (this.#known.size >= MAX_TOKENS) {
      this.#store.drop(KIND.token);
      return;
    }
    this.#known.add(text);
    const bytes = Buffer.concat([Buffer.from(fingerprint, 'hex'), Buffer.from(text, 'latin1')]);
    this.#store.add(KIND.token, ORDER.big, this.#offset + from, bytes, FINGERPRINT);
    bytes.fill(0);
    this.tokens++;
    if (!hasSecret) return;
    const near = textsNear(this.#bytes, from, to, [MIN_TEXT, MAX_TEXT]);
    for (const { at, text } of near.texts) this.#text(KIND.near, at, at + text.length, 'ASCII', text);
    if (near.cut) this.#store.drop(KIND.near);
  }

  #text(
    kind: typeof KIND.secret | typeof KIND.near,
    from: number,
    to: number,
    form: string,
    text: string,
    fingerprint = '',
  ): void {
    if (text.length < MIN_TEXT || text.length > MAX_TEXT) return;
    const known = this.#places[kind];
    const places = known.get(text) ?? 0;
    if (places >= MAX_PLACES) return;
    if (places === 0 && known.size >= MAX_TEXTS) {
      this.#store.drop(kind);
      return;
    }
    known.set(text, places + 1);
    const head = Buffer.alloc(HEAD + form.length);
    head.writeUInt32LE(to - from, 0);
    head.writeUInt8(form.length, 4);
    head.write(form, HEAD, 'latin1');
    const bytes = Buffer.concat([head, Buffer.from(fingerprint, 'hex'), Buffer.from(text, 'utf8')]);
    this.#store.add(kind, ORDER.big, this.#offset + from, bytes, head.length + fingerprint.length / 2);
    bytes.fill(0);
  }
}

/** Bytes in the dump (u32), and characters of the form, which follows (u8). */
const HEAD = 5;

export interface StoredToken {
  readonly fingerprint: string;
  readonly text: string;
}

export function readToken({ bytes, lead }: NumberEntry): StoredToken {
  const fingerprint = Buffer.from(bytes.slice(0, lead)).toString('hex');
  return { fingerprint, text: Buffer.from(bytes.slice(lead)).toString('latin1') };
}

export interface StoredText {
  readonly offset: number;
  /** Bytes in the dump. */
  readonly length: number;
  /** How it stands there, for people: `UTF-16LE`. */
  readonly form: string;
  /** Of the detection that it is, if it is one. */
  readonly fingerprint?: string;
  readonly text: string;
}

export function readText({ bytes, lead, offset }: NumberEntry): StoredText {
  const copy = Buffer.from(bytes.slice());
  const formEnd = HEAD + (copy[4] as number);
  const fingerprint = lead > formEnd ? copy.toString('hex', formEnd, lead) : undefined;
  return {
    offset,
    length: copy.readUInt32LE(0),
    form: copy.toString('latin1', HEAD, formEnd),
    ...(fingerprint !== undefined && { fingerprint }),
    text: copy.toString('utf8', lead),
  };
}
