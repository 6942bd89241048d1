/**
 * Makes test/fixtures/numbers/keys.json: throwaway keys whose numbers the tests of keys as numbers plant. Fixed ones,
 * since one random secret in some thousands is refused as too regular, and a test must not fail by such a chance.
 *   node scripts/make-number-keys.mjs
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';

const rsa = (bits, e, count) => [`RSA-${bits}-${e}`, count, 'rsa', { modulusLength: bits, publicExponent: e }];
const ec = (curve, count) => [curve, count, 'ec', { namedCurve: curve }];
const wanted = [
  ...[1024, 1536, 2048, 3072, 4096].map((bits) => rsa(bits, 65537, bits === 1024 ? 16 : bits === 2048 ? 8 : 3)),
  ...[3, 17, 37].map((e) => rsa(2048, e, 4)),
  ...['P-256', 'P-384', 'P-521', 'secp256k1'].map((curve) => ec(curve, 6)),
  ...['ed25519', 'ed448', 'x25519', 'x448'].map((type) => [type, 8, type, {}]),
];
const keys = Object.fromEntries(
  wanted.map(([name, count, type, options]) => [
    name,
    Array.from({ length: count }, () =>
      generateKeyPairSync(type, options).privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
    ),
  ]),
);
const folder = new URL('../test/fixtures/numbers/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('keys.json', folder), `${JSON.stringify(keys, undefined, 1)}\n`);
