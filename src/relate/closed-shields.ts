/**
 * Shielded keys of OpenSSH whose prekey is not in the dump. From release 9.9 on it lies in a mapping of its own that core
 * dumps leave out (sshkey.c, `sshkey_prekey_alloc`: MADV_DONTDUMP, MAP_CONCEAL or MAP_NOCORE); the ciphertext is in the heap.
 * Since shields came with release 8.1, struct sshkey (sshkey.h) ends in: u_char *shielded_private, size_t shielded_len,
 * u_char *shield_prekey, size_t shield_prekey_len. Of 64-bit machines that store the least significant byte first.
 */
import { judgeSecret } from '../detect/judge.js';
import { looksRandom } from '../prove/randomness.js';
import type { Detection, PublicKey, Region, Span } from '../types.js';
import { addresses, type ReadSpans } from './addresses.js';
import { PREKEY } from './shield-parts.js';

const WORD = 8;
/** The four words at the end of the structure. */
const TAIL = 4 * WORD;
/** The part of it before them that is looked at. */
const BEFORE = 16 * WORD;
const PAGE = 4096;
const MIN_LENGTH = 96;
const MAX_LENGTH = 4096;
/** The cipher's block, to which the plaintext is padded. */
const BLOCK = 16;
/** Addresses of programs: above what is never mapped, below the kernel. */
const MIN_ADDRESS = 0x10000n;
const MAX_ADDRESS = 1n << 56n;
/** Of one window. An agent holds some tens of keys. */
const MAX_CANDIDATES = 256;

/** Candidates of one window. */
export class ShieldTails {
  /** Indexes of the first of the four words, in ascending order. */
  readonly found: number[] = [];
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** `at`: the index of a word that is the length of a prekey, aligned by address. */
  add(at: number): void {
    const start = at + WORD - TAIL;
    if (start >= 0 && this.found.length < MAX_CANDIDATES && tailOf(this.#bytes, start)) this.found.push(start);
  }
}

interface Tail {
  readonly ciphertext: bigint;
  readonly length: number;
  readonly prekey: bigint;
}

function tailOf(bytes: Buffer, at: number): Tail | undefined {
  const length = bytes.readBigUInt64LE(at + WORD);
  if (length < MIN_LENGTH || length > MAX_LENGTH || Number(length) % BLOCK !== 0) return undefined;
  const [ciphertext, prekey] = [bytes.readBigUInt64LE(at), bytes.readBigUInt64LE(at + 2 * WORD)];
  if (![ciphertext, prekey].every((address) => address >= MIN_ADDRESS && address < MAX_ADDRESS)) return undefined;
  // A mapping begins with a page, and an allocator's memory with sixteen bytes.
  return prekey % BigInt(PAGE) === 0n && ciphertext % 16n === 0n
    ? { ciphertext, length: Number(length), prekey }
    : undefined;
}

/** The shields among the candidates, by the addresses of `regions`. */
export async function closedShields(
  tails: readonly number[],
  regions: readonly Region[],
  read: ReadSpans,
): Promise<Detection[]> {
  const placeOf = addresses(regions);
  const structures = await read(
    tails.map((at) => ({ offset: Math.max(0, at - BEFORE), length: Math.min(at, BEFORE) + TAIL })),
  );
  const candidates = structures.flatMap((bytes, i) => {
    const buffer = Buffer.from(bytes);
    const at = Math.min(tails[i] as number, BEFORE);
    const tail = buffer.length === at + TAIL ? tailOf(buffer, at) : undefined;
    const place = tail && placeOf(tail.ciphertext, tail.length);
    if (tail === undefined || place === undefined) return [];
    const point = pointOf(buffer, at);
    const pages = Array.from({ length: PREKEY / PAGE }, (_, page) => placeOf(tail.prekey + BigInt(page * PAGE), PAGE));
    return [{ tail, place, pages, point: point === undefined ? undefined : placeOf(point, POINT) }];
  });
  const parts = await read(
    candidates.flatMap(({ place, pages, point }) => [place, point ?? NONE, ...pages.map((page) => page ?? NONE)]),
  );
  const each = 2 + PREKEY / PAGE;
  return candidates.flatMap(({ tail, place }, i) => {
    const [ciphertext, point, ...prekey] = parts.slice(each * i, each * (i + 1)) as [
      Uint8Array,
      Uint8Array,
      ...Uint8Array[],
    ];
    const isHere = prekey.some((page) => page.some((byte) => byte !== 0));
    for (const page of prekey) page.fill(0);
    // Where the prekey is there, the key is open, and told by what opens it.
    if (isHere || ciphertext.length < tail.length || !isRandom(ciphertext)) return [];
    const isPoint = tail.length === ED25519_LENGTH && point.length === POINT && looksRandom(point);
    const publicKey: PublicKey | undefined = isPoint ? { type: 'okp', curve: 'Ed25519', publicKey: point } : undefined;
    const judged = judgeSecret('openssh-shield-closed', {
      kind: 'encrypted-key',
      form: 'OpenSSH shielded key, without its prekey',
      length: tail.length,
      protection: 'AES-256-CTR under a prekey that is not in this dump: nothing here opens the key',
      identity: ciphertext,
      publicKey,
    });
    return judged ? [{ ...judged, ...place }] : [];
  });
}

const NONE: Span = { offset: 0, length: 0 };

/** Every 64 bytes of it, the last ones included. */
function isRandom(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += 64) {
    const from = Math.min(at, bytes.length - 64);
    if (!looksRandom(bytes.subarray(from, from + 64))) return false;
  }
  return true;
}

const POINT = 32;
/** What the private half of an Ed25519 key takes, padded. */
const ED25519_LENGTH = 128;
/**
 * Words from the structure's beginning (type and flags) to ed25519_pk, from there to the last four, and KEY_ED25519: from
 * release 10.5 on, with ML-DSA; from 10.1; 9.9 and 10.0, with DSA and XMSS.
 */
const LAYOUTS: ReadonlyArray<readonly [before: number, after: number, type: number]> = [
  [4, 8, 2],
  [4, 6, 2],
  [5, 11, 3],
];
/** `ecdsa_nid` of a key that has no curve. */
const NO_CURVE = 0xffff_ffffn;

/** The address of an Ed25519 key's public half: the only pointer of a shielded one before the last four words. */
function pointOf(bytes: Buffer, at: number): bigint | undefined {
  for (const [before, after, type] of LAYOUTS) {
    const point = at - after * WORD;
    const start = point - before * WORD;
    if (start < 0 || bytes.readUInt32LE(start) !== type) continue;
    const rest = Array.from({ length: before + after - 1 }, (_, i) => bytes.readBigUInt64LE(start + (i + 1) * WORD));
    const [address] = rest.splice(before - 1, 1);
    if (rest.every((word) => word === 0n || word === NO_CURVE)) return address;
  }
  return undefined;
}
