/** Numbers of fresh keys from node:crypto, in the orders of memory, planted among zeros, headers, pointers and text. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  type KeyPairKeyObjectResult,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { scan } from '../../src/engine.js';
import type { Finding, InputReport } from '../../src/types.js';
import { withFile } from '../support/files.js';
import { spkiSha256Of } from '../support/keys.js';
import { Random } from '../support/random.js';

export type Order = 'little' | 'big' | 'words';
export const ORDERS: readonly Order[] = ['little', 'big', 'words'];

/** The bytes of a number, `size` of them, from big-endian ones. */
export function ordered(big: Uint8Array, order: Order, size = big.length): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(size - big.length), big]);
  if (order === 'little') return bytes.reverse();
  return order === 'words' ? bytes.swap32() : bytes;
}

export interface NumberKey {
  readonly name: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly spki: Buffer;
  readonly spkiSha256: string;
  /** Big-endian bytes of the members of its JWK. */
  readonly part: (name: string) => Buffer;
}

function numberKey(name: string, privateKey: KeyObject, publicKey: KeyObject): NumberKey {
  const jwk = privateKey.export({ format: 'jwk' }) as Record<string, string>;
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const part = (member: string) => Buffer.from(jwk[member] ?? '', 'base64url');
  return { name, privateKey, publicKey, spki, spkiSha256: spkiSha256Of(publicKey), part };
}

/** Fixed keys by name (scripts/make-number-keys.mjs), and how many of each this file of tests has taken. */
const FIXED = JSON.parse(readFileSync('test/fixtures/numbers/keys.json', 'utf8')) as Record<string, string[]>;
const taken = new Map<string, number>();

/** The next fixed key of the name, or a fresh one where there are no more. */
function pairOf(name: string, generate: () => KeyPairKeyObjectResult): KeyPairKeyObjectResult {
  const index = taken.get(name) ?? 0;
  taken.set(name, index + 1);
  const der = FIXED[name]?.[index];
  if (der === undefined) return generate();
  const privateKey = createPrivateKey({ key: Buffer.from(der, 'base64'), format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

export function rsaKey(bits: number, e = 65_537): NumberKey {
  const options = { modulusLength: bits, publicExponent: e };
  const { privateKey, publicKey } = pairOf(`RSA-${bits}-${e}`, () => generateKeyPairSync('rsa', options));
  return numberKey(`RSA-${bits}`, privateKey, publicKey);
}

export function ecKey(curve: string): NumberKey {
  const { privateKey, publicKey } = pairOf(curve, () => generateKeyPairSync('ec', { namedCurve: curve }));
  return numberKey(curve, privateKey, publicKey);
}

export function edKey(): NumberKey {
  return okpKey('Ed25519');
}

export function okpKey(curve: 'Ed25519' | 'Ed448' | 'X25519' | 'X448'): NumberKey {
  const type = curve.toLowerCase() as 'ed25519';
  const { privateKey, publicKey } = pairOf(type, () => generateKeyPairSync(type));
  return numberKey(curve, privateKey, publicKey);
}

/** Memory as a heap has it: zeros, an allocator's header before each piece, pointers and text between. */
export class Heap {
  readonly #random: Random;
  readonly #parts: Buffer[] = [];
  #length = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.filler();
  }

  /** Puts the piece at the next multiple of 16, plus `shift`; returns its offset. */
  put(piece: Uint8Array, shift = 0): number {
    const header = Buffer.alloc(16);
    header.writeUInt32LE(((piece.length + 24) & ~15) | 1, 8);
    this.#push(header);
    this.#push(Buffer.alloc(shift));
    const offset = this.#length;
    this.#push(piece);
    this.#push(Buffer.alloc((16 - (this.#length % 16)) % 16));
    this.filler();
    return offset;
  }

  filler(): void {
    const pointers = Buffer.alloc(8 * this.#random.below(20));
    for (let at = 0; at < pointers.length; at += 8)
      pointers.writeBigUInt64LE(0x7f00_0000_0000n + BigInt(this.#random.below(2 ** 31)), at);
    const text = Buffer.from('a line of text, as there is much in memory\n'.repeat(this.#random.below(6)));
    this.#push(pointers);
    this.#push(text);
    this.#push(Buffer.alloc(16 * (1 + this.#random.below(40)) + ((16 - (this.#length % 16)) % 16)));
  }

  #push(piece: Uint8Array): void {
    this.#parts.push(Buffer.from(piece));
    this.#length += piece.length;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

export async function scanBytes(bytes: Uint8Array, options: object = {}): Promise<InputReport> {
  const { inputs } = await withFile(bytes, (file) => scan({ targets: [file], jobs: 1, ...options }));
  return inputs[0] as InputReport;
}

/** Findings that matter, by the SPKI hash of their key. */
export function named({ findings }: InputReport): Map<string, Finding> {
  return new Map(findings.map((finding) => [finding.key?.spkiSha256 ?? finding.id, finding]));
}

/** A key schedule by FIPS 197 section 5.2, big-endian words; its test checks it with the standard's own vectors. */
export function expandKey(key: Uint8Array): number[] {
  const nk = key.length / 4;
  const words = Array.from({ length: nk }, (_, i) => Buffer.from(key).readUInt32BE(4 * i));
  const times = (a: number, b: number): number => {
    let product = 0;
    for (let [x, y] = [a, b]; y > 0; y >>= 1, x = (x << 1) ^ (x & 0x80 ? 0x11b : 0)) if (y & 1) product ^= x;
    return product;
  };
  const box = (byte: number): number => {
    const inverse = byte === 0 ? 0 : Array.from({ length: 256 }, (_, i) => i).findIndex((i) => times(byte, i) === 1);
    const turn = (by: number) => ((inverse << by) | (inverse >> (8 - by))) & 0xff;
    return inverse ^ turn(1) ^ turn(2) ^ turn(3) ^ turn(4) ^ 0x63;
  };
  const substitute = (word: number) =>
    [24, 16, 8, 0].reduce((out, shift) => (out | (box((word >>> shift) & 0xff) << shift)) >>> 0, 0);
  for (let i = nk, constant = 1; i < 4 * (nk + 7); i++) {
    let word = words[i - 1] as number;
    if (i % nk === 0) {
      word = (substitute(((word << 8) | (word >>> 24)) >>> 0) ^ (constant << 24)) >>> 0;
      constant = times(constant, 2);
    } else if (nk === 8 && i % nk === 4) word = substitute(word);
    words.push(((words[i - nk] as number) ^ word) >>> 0);
  }
  return words;
}
