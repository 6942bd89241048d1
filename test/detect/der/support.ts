/** Keys of node:crypto in DER, and the fixtures' manifest. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { DER_DETECTORS } from '../../../src/detect/der/detectors.js';
import { type Found, fixture, plant, scan } from '../binary-harness.js';

export interface Specimen {
  readonly name: string;
  readonly key: KeyObject;
  readonly der: Uint8Array;
}

const export_ = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1') =>
  Uint8Array.from(key.export({ type: type as 'pkcs8', format: 'der' }));

function inForms(name: string, key: KeyObject, ...types: ReadonlyArray<'pkcs1' | 'pkcs8' | 'sec1'>): Specimen[] {
  return types.map((type) => ({ name: `${name} in ${type}`, key, der: export_(key, type) }));
}

/** Fresh keys of each algorithm that node:crypto makes, in each form. */
export function freshKeys(): Specimen[] {
  const rsa = [512, 768, 1024, 2048, 3072].flatMap((modulusLength) =>
    inForms(`RSA-${modulusLength}`, generateKeyPairSync('rsa', { modulusLength }).privateKey, 'pkcs1', 'pkcs8'),
  );
  const e3 = generateKeyPairSync('rsa', { modulusLength: 1024, publicExponent: 3 }).privateKey;
  const dsa = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).privateKey;
  const ec = ['P-256', 'P-384', 'P-521', 'secp256k1'].flatMap((namedCurve) =>
    inForms(namedCurve, generateKeyPairSync('ec', { namedCurve }).privateKey, 'sec1', 'pkcs8'),
  );
  const okp = ['ed25519', 'x25519', 'ed448', 'x448'].flatMap((type) =>
    inForms(type, generateKeyPairSync(type as 'ed25519').privateKey, 'pkcs8'),
  );
  return [...rsa, ...inForms('RSA with e = 3', e3, 'pkcs1', 'pkcs8'), ...inForms('DSA', dsa, 'pkcs8'), ...ec, ...okp];
}

/** Fixture → SHA-256 of its public key's SubjectPublicKeyInfo, as the program that made it says. */
export const MANIFEST: ReadonlyMap<string, string> = new Map(
  Buffer.from(fixture('der/manifest.tsv'))
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('\t') as [string, string]),
);

/** What is found of bytes that lie somewhere among random ones; places count from where they lie. */
export function findPlanted(planted: Uint8Array, seed = 1): Found[] {
  const { bytes, offset } = plant(planted, seed);
  return scan(DER_DETECTORS, bytes).found.map((one) => ({ ...one, from: one.from - offset, to: one.to - offset }));
}

/** What is found of bytes that end where the dump does. */
export function findAtEnd(planted: Uint8Array): Found[] {
  return [...scan(DER_DETECTORS, planted).found];
}

/** The detection that takes the whole of the structure. */
export function outermost(found: readonly Found[]): Found | undefined {
  return [...found].sort((a, b) => b.to - b.from - (a.to - a.from))[0];
}
