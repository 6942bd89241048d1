/**
 * Candidates for numbers of keys, gathered by all workers and related to each other when a dump has been read. The store
 * is one piece of memory that the threads share, so candidates travel in no message; it has a fixed size, counts what
 * finds no room, and is wiped when the dump is done.
 *
 * Signed tokens and what may be secrets of their signatures go the same way (relate/tokens/).
 *
 * Layout: u32 bytes used, u32 for each kind what was dropped; then entries, each aligned to 8 bytes:
 * u32 bytes of the whole entry, u32 bytes of the payload, f64 offset in the dump, u8 kind, u8 byte order, u16 lead,
 * u32 0, payload.
 */

/** What an entry holds. */
export const KIND = {
  /** A short run with the bytes around it: scalars, seeds, coordinates. */
  run: 0,
  /** A number without small factors: a prime or a modulus of RSA. */
  factor: 1,
  /** Key and counter block (48 bytes) that a run of 16 KiB gives as an OpenSSH prekey. */
  shield: 2,
  /** A run that may be ciphertext of an OpenSSH shield, with the bytes around it. */
  ciphertext: 3,
  /** Never stored, only counted: points near which the search for a scalar was given up. */
  point: 4,
  /** Never stored, only counted: packed structures that were not looked into. */
  packed: 5,
  /** The beginning of a run that is too long for a scalar: seeds stand before what was expanded from them. */
  head: 6,
  /** A run of a machine that stores the most significant byte first, the bytes of each word reversed (relate/limbs.ts). */
  limbs: 7,
  /** A signed token, behind the fingerprint of its detection (relate/tokens/texts.ts). */
  token: 8,
  /** A text that may be the secret of a signature: found as a credential, or by its name. */
  secret: 9,
  /** A text that lies near a token. */
  near: 10,
} as const;
export type NumberKind = (typeof KIND)[keyof typeof KIND];

/**
 * How a number's bytes are ordered: least byte first, most significant first, or 32-bit words of which the first is most
 * significant. Of numbers in digits (relate/digits.ts) and limbs (relate/limbs.ts) the payload is the value, least byte
 * first.
 */
export const ORDER = { little: 0, big: 1, words: 2, digits60: 3, digits30: 4, limbs: 5 } as const;
export type ByteOrder = (typeof ORDER)[keyof typeof ORDER];

/** The order, for people. */
export function describeOrder(order: ByteOrder): string {
  if (order === ORDER.big) return 'big-endian';
  if (order === ORDER.digits60) return 'digits of 60 bits';
  if (order === ORDER.digits30) return 'digits of 30 bits';
  if (order === ORDER.limbs) return 'limbs, most significant byte first';
  return order === ORDER.little ? 'little-endian' : 'words, most significant first';
}

export interface NumberEntry {
  readonly kind: NumberKind;
  readonly order: ByteOrder;
  /** Offset in the dump of the payload's first byte behind the lead. */
  readonly offset: number;
  /** Bytes of context before the number or run. */
  readonly lead: number;
  /** Bytes of the payload. */
  readonly length: number;
  /** All bytes of the store, and the index of the payload's first one. */
  readonly memory: Uint8Array;
  readonly start: number;
  /** The payload: a view that is made anew at each call. Loops over all entries take `memory`. */
  readonly bytes: Uint8Array;
}

/** Without a view: hundreds of thousands of views take ten times the memory of their bytes. */
class StoredEntry implements NumberEntry {
  constructor(
    readonly kind: NumberKind,
    readonly order: ByteOrder,
    readonly offset: number,
    readonly lead: number,
    readonly length: number,
    readonly memory: Uint8Array,
    readonly start: number,
  ) {}

  get bytes(): Uint8Array {
    return this.memory.subarray(this.start, this.start + this.length);
  }
}

const HEADER = 64;
/** Index of the header's word that counts how often the store was wiped. */
const STAMP = 15;
/** Index of the header's word that counts the bytes of texts. */
const TEXTS = 14;
/** Texts may take a part of the store, as 1 / TEXT_SHARE. */
const TEXT_SHARE = 4;
const ENTRY = 24;

export class NumberStore {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer, 0, 16);
    this.#bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
  }

  /** Bytes for entries. */
  get size(): number {
    return this.buffer.byteLength - HEADER;
  }

  static create(bytes: number): NumberStore {
    return new NumberStore(new SharedArrayBuffer(HEADER + bytes));
  }

  /** Copies the bytes into the store, or counts them as dropped. */
  add(kind: NumberKind, order: ByteOrder, offset: number, bytes: Uint8Array, lead = 0): void {
    const size = ENTRY + ((bytes.length + 7) & ~7);
    // What serves few searches must not take the room of everything else.
    const isExtra = kind === KIND.ciphertext || kind === KIND.head;
    const room = isExtra ? this.buffer.byteLength / 2 : this.buffer.byteLength;
    if (kind >= KIND.token && !this.#takeTextRoom(size)) {
      this.drop(kind);
      return;
    }
    // Moved only where there is room: a reservation that is taken back leaves a gap behind another worker's.
    let used = Atomics.load(this.#words, 0);
    for (;;) {
      if (HEADER + used + size > room) {
        if (kind >= KIND.token) Atomics.sub(this.#words, TEXTS, size);
        this.drop(kind);
        return;
      }
      const seen = Atomics.compareExchange(this.#words, 0, used, used + size);
      if (seen === used) break;
      used = seen;
    }
    const at = HEADER + used;
    this.#view.setUint32(at + 4, bytes.length, true);
    this.#view.setFloat64(at + 8, offset, true);
    this.#view.setUint8(at + 16, kind);
    this.#view.setUint8(at + 17, order);
    this.#view.setUint16(at + 18, lead, true);
    this.#bytes.set(bytes, at + ENTRY);
    // Last: an entry without its size is not there.
    this.#view.setUint32(at, size, true);
  }

  #takeTextRoom(size: number): boolean {
    const texts = Atomics.add(this.#words, TEXTS, size) + size;
    if (texts <= this.size / TEXT_SHARE) return true;
    Atomics.sub(this.#words, TEXTS, size);
    return false;
  }

  /** Whether anything but texts was added, or found no room. */
  get hasNumbers(): boolean {
    const isText = (kind: NumberKind) => kind >= KIND.token;
    const dropped = Object.values(KIND).some((kind) => !isText(kind) && this.dropped(kind) > 0);
    return dropped || Atomics.load(this.#words, 0) > Atomics.load(this.#words, TEXTS);
  }

  /** Whether an entry of so many bytes can still be added. */
  hasRoom(length: number): boolean {
    return HEADER + Atomics.load(this.#words, 0) + ENTRY + ((length + 7) & ~7) <= this.buffer.byteLength;
  }

  /** Counts something that was not looked at. */
  drop(kind: NumberKind): void {
    Atomics.add(this.#words, 1 + kind, 1);
  }

  /** All entries, by offset and then by kind and order, whatever order they came in. */
  entries(): NumberEntry[] {
    const entries: NumberEntry[] = [];
    const end = Math.min(this.buffer.byteLength, HEADER + (this.#words[0] as number));
    for (let at = HEADER; at + ENTRY <= end; ) {
      const size = this.#view.getUint32(at, true);
      if (size < ENTRY) break;
      const length = this.#view.getUint32(at + 4, true);
      const kind = this.#view.getUint8(at + 16) as NumberKind;
      const order = this.#view.getUint8(at + 17) as ByteOrder;
      const offset = this.#view.getFloat64(at + 8, true);
      const lead = this.#view.getUint16(at + 18, true);
      entries.push(new StoredEntry(kind, order, offset, lead, length, this.#bytes, at + ENTRY));
      at += size;
    }
    return entries.sort((a, b) => a.offset - b.offset || a.kind - b.kind || a.order - b.order || a.length - b.length);
  }

  /** How many entries of a kind found no room. */
  dropped(kind: NumberKind): number {
    return this.#words[1 + kind] as number;
  }

  /** How often the store has been wiped: tells one dump's numbers from the next one's. */
  get stamp(): number {
    return Atomics.load(this.#words, STAMP);
  }

  /** Overwrites everything but the stamp. */
  wipe(): void {
    const stamp = this.stamp + 1;
    this.#bytes.fill(0, 0, Math.min(this.buffer.byteLength, HEADER + (this.#words[0] as number)));
    Atomics.store(this.#words, STAMP, stamp);
  }
}
