/** Keys made at run time by node:crypto, in the encodings that it writes. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { sha256 } from './support.js';

export interface MadeKey {
  readonly name: string;
  readonly privateKey: KeyObject;
  readonly spki: string;
  /** Every encoding that Node writes of this key: name of the form, PEM text, DER bytes. */
  readonly encodings: ReadonlyArray<{ readonly form: string; readonly pem: string; readonly der: Buffer }>;
}

const PAIRS = {
  'RSA-1024': () => generateKeyPairSync('rsa', { modulusLength: 1024 }),
  'RSA-2048': () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  'P-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'P-384': () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'P-521': () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  secp256k1: () => generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
  Ed25519: () => generateKeyPairSync('ed25519'),
  X25519: () => generateKeyPairSync('x25519'),
  Ed448: () => generateKeyPairSync('ed448'),
  X448: () => generateKeyPairSync('x448'),
};

export const KEYS: readonly MadeKey[] = Object.entries(PAIRS).map(([name, make]) => {
  const { privateKey, publicKey } = make();
  const forms: Array<readonly [form: string, type: 'pkcs8' | 'pkcs1' | 'sec1']> = [['PKCS#8', 'pkcs8']];
  if (name.startsWith('RSA')) forms.push(['PKCS#1', 'pkcs1']);
  if (name.startsWith('P-') || name === 'secp256k1') forms.push(['SEC1', 'sec1']);
  const encodings = forms.map(([form, type]) => ({
    form,
    pem: privateKey.export({ format: 'pem', type } as { format: 'pem'; type: 'pkcs8' }) as string,
    der: privateKey.export({ format: 'der', type } as { format: 'der'; type: 'pkcs8' }),
  }));
  return { name, privateKey, spki: sha256(publicKey.export({ type: 'spki', format: 'der' })), encodings };
});

/** Each key in each of its encodings. */
export const CASES = KEYS.flatMap(({ name, spki, encodings }) =>
  encodings.map((encoding) => ({ name, spki, ...encoding })),
);

export function keyNamed(name: string): MadeKey {
  const key = KEYS.find((made) => made.name === name);
  if (key === undefined) throw new Error('no such key');
  return key;
}
