/**
 * JSON Web Tokens (RFC 7519): the header and the claims are JSON. Only registered claims that name the parties and the time
 * are told: all others may be personal.
 */
import { jsonObjectOf, readCompactJws } from '../compact-jws.js';
import type { Validator } from './validator.js';

/** Characters of a name that is told. */
const MAX_NAME = 120;

export const jwt: Validator = (secret) => {
  const token = readCompactJws(secret);
  if (token === undefined) return undefined;
  const { header, claims, algorithm } = token;
  const told = [
    // Who signs by a secret may name it by itself.
    ...(algorithm.startsWith('HS') ? [] : named('key', header.kid)),
    ...named('issuer', claims.iss),
    ...named('audience', Array.isArray(claims.aud) ? claims.aud[0] : claims.aud),
    ...timeOf(claims.exp),
  ];
  return { proven: false, evidence: [`signed by ${algorithm}`, ...told] };
};

/** JSON whose text is base64, of either alphabet: an object. */
export const base64Json: Validator = (secret) => {
  const start = secret.search(/eyJ|ewo|eyA/);
  return jsonObjectOf(start < 0 ? secret : secret.slice(start)) === undefined
    ? undefined
    : { proven: false, evidence: ['it holds JSON'] };
};

function named(name: string, value: unknown): string[] {
  const isName = typeof value === 'string' && /^[\x21-\x7e]+$/.test(value) && !value.includes('@');
  // What a URL asks for, or what follows its place, may be a key.
  const told = isName ? (value.split(/[?#]/)[0] ?? '').slice(0, MAX_NAME) : '';
  return told === '' ? [] : [`${name} ${told}`];
}

function timeOf(seconds: unknown): string[] {
  if (typeof seconds !== 'number' || !(seconds > 0 && seconds < 8.64e12)) return [];
  return [`expires ${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`];
}
