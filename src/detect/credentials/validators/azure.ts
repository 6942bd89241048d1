/**
 * Microsoft's identifiable keys: the first version, with a signature and a seed for each service; the second ("common
 * annotated"), with one seed; client secrets of Entra applications; personal access tokens of Azure DevOps, legacy format.
 *
 * Source: github.com/microsoft/security-utilities, IdentifiableMetadata.cs, IdentifiableSecrets.cs, SEC101_102_AdoPat.cs.
 */
import { crc32 } from '../../../bytes/crc32.js';
import { marvin32 } from './marvin32.js';
import { provenBy, type Validator, type Verdict } from './validator.js';

/** Seeds by signature, each with what it says of the key. */
const SEEDS: Readonly<Record<string, ReadonlyArray<readonly [seed: string, kind: string]>>> = {
  '+ASt': [['Default0', 'storage account key']],
  ACDb: [
    ['MastRW00', 'primary or secondary key'],
    ['MastRO00', 'read-only key'],
    ['SysAll00', 'system key'],
    ['SystRW00', 'system key'],
    ['SystRO00', 'system key, read-only'],
    ['Resour00', 'resource token seed'],
    ['Encryp00', 'data encryption key'],
  ],
  '+ABa': [['AbAcct00', 'batch account key']],
  '+AMC': [['Classic0', 'web service key']],
  APIM: [
    ['Tenant00', 'direct management key'],
    ['IoTHub00', 'subscription key'],
    ['Gatewy00', 'gateway key'],
    ['GitKey00', 'repository key'],
  ],
  '+ASb': messaging(),
  '+AEh': messaging(),
  '+ARm': messaging(),
  AIoT: [
    ['IoTHub00', 'hub key'],
    ['DpsKey00', 'provisioning service key'],
    ['Device00', 'device key'],
  ],
  AzCa: [['Access00', 'access key']],
  AZEG: [['SendRecv', 'access key']],
  AzSe: [
    ['PAdmin00', 'admin key'],
    ['Query000', 'query key'],
  ],
  '+ACR': [['ACRDflt0', 'registry password']],
  '+SQL': [['UsrPwd00', 'password']],
  AzFu: [
    ['Master00', 'master key'],
    ['System00', 'system key'],
    ['Functi00', 'function key'],
  ],
};

function messaging(): ReadonlyArray<readonly [seed: string, kind: string]> {
  return [
    ['Manage00', 'key with the right to manage'],
    ['Send0000', 'key with the right to send'],
    ['Listen00', 'key with the right to listen'],
    ['System00', 'system key'],
    ['Unknown0', 'key with other rights'],
  ];
}

const CHECKSUM_BYTES = 4;

/** The last four bytes are the checksum of those before; four digits before it stands the signature. */
export const azureIdentifiable: Validator = (secret) => {
  const bytes = Buffer.from(secret, 'base64');
  if (bytes.length <= CHECKSUM_BYTES) return undefined;
  const body = bytes.subarray(0, -CHECKSUM_BYTES);
  const end = Math.floor((body.length * 8) / 6);
  const sum = bytes.readUInt32LE(body.length);
  const known = SEEDS[secret.slice(end - 4, end)] ?? [];
  const found = known.find(([seed]) => marvin32(body, seed) === sum || isRedisVariant(secret, body, seed));
  return found && provenBy(`its Marvin32 checksum closes: ${found[1]}`);
};

/** Keys for Redis whose checksum has `+` or `/` are written with `P` and `F` instead. */
function isRedisVariant(secret: string, body: Uint8Array, seed: string): boolean {
  if (seed !== 'Access00') return false;
  const sum = Buffer.alloc(CHECKSUM_BYTES);
  sum.writeUInt32LE(marvin32(body, seed));
  const key = Buffer.concat([body, sum]).toString('base64');
  return key.replaceAll('+', 'P').replaceAll('/', 'F') === secret;
}

/** Digits, and bytes, before the checksum of the second version. */
const SECOND_BODY = 60;
const FIRST_YEAR = 2024;
const SERVICES: Readonly<Record<string, string>> = {
  AZDO: 'Azure DevOps',
  APIM: 'API Management',
  ACOG: 'AI services',
};

/** The checksum is cut to three bytes in the short form, and may be written by way of base62. */
export const azureAnnotated: Validator = (secret) => {
  const bytes = Buffer.from(secret, 'base64');
  const body = bytes.subarray(0, SECOND_BODY);
  const sum = Buffer.alloc(CHECKSUM_BYTES);
  sum.writeUInt32LE(marvin32(body, 'Default0'));
  const stands = bytes.subarray(SECOND_BODY);
  const same = (other: Buffer) => stands.equals(other.subarray(0, stands.length));
  if (!same(sum) && !same(Buffer.from(base62(sum.readUInt32BE()).padEnd(6, '0'), 'base64'))) return undefined;
  const service = SERVICES[secret.slice(76, 80)];
  const [year, month] = [letterOf(secret, 58) + FIRST_YEAR, letterOf(secret, 59) + 1];
  const issued = month <= 12 ? [`issued in ${year}-${String(month).padStart(2, '0')}`] : [];
  return {
    proven: true,
    evidence: ['its Marvin32 checksum closes', ...(service === undefined ? [] : [`of ${service}`]), ...issued],
  };
};

function letterOf(text: string, at: number): number {
  return text.charCodeAt(at) - 0x41;
}

function base62(value: number): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  return (value >= 62 ? base62(Math.floor(value / 62)) : '') + digits[value % 62];
}

const ENTRA = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890.-_~';

/** `8Q~`: the last three characters are the first three of the checksum's six digits in an alphabet of 66. */
export const entraSecret: Validator = (secret): Verdict | undefined => {
  const body = secret.slice(0, -3);
  let rest = marvin32(Buffer.from(body, 'latin1'), 'AadPwd00');
  let digits = '';
  for (let i = 0; i < 6; i++) {
    digits = ENTRA[rest % ENTRA.length] + digits;
    rest = Math.floor(rest / ENTRA.length);
  }
  return digits.startsWith(secret.slice(-3)) ? provenBy('the head of its Marvin32 checksum closes') : undefined;
};

/** Where in the decoded 32 bytes the checksum lies, its first byte first. */
const DEVOPS_PLACES = [22, 8, 7, 2];
const DEVOPS_SEEDS = [0xe0b9692d, 0x1019f92e];

export const azureDevOps: Validator = (secret) => {
  const bytes = base32(secret);
  const body = bytes.filter((_byte, at) => at < 32 && !DEVOPS_PLACES.includes(at));
  const sum = DEVOPS_PLACES.reduce((all, at, index) => all + (bytes[at] as number) * 2 ** (8 * index), 0);
  return DEVOPS_SEEDS.some((seed) => (crc32(body) ^ seed) >>> 0 === sum) ? provenBy('its CRC-32 closes') : undefined;
};

/** RFC 4648 base32, either case. */
export function base32(text: string): Uint8Array {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of text.toUpperCase()) {
    held = ((held << 5) | 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
  }
  return Uint8Array.from(bytes);
}
