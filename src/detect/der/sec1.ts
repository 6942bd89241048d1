/** ECPrivateKey (RFC 5915): SEQUENCE { 1, OCTET STRING d, [0] parameters OPTIONAL, [1] BIT STRING Q OPTIONAL }. */
import { bigintFromBytes } from '../../bytes/convert.js';
import { DerCursor, TAG } from '../../bytes/der.js';
import { FormatError } from '../../errors.js';
import { proveEc } from '../../prove/ec.js';
import type { EcCurve, EcPrivateKey, ParsedSecret } from '../../types.js';
import { readCurve } from './curve.js';

const PARAMETERS = 0xa0;
const PUBLIC_KEY = 0xa1;
/** Curves whose size is the scalar's, tried when neither the structure nor its wrapper names one. */
const BY_SIZE: Readonly<Record<number, readonly EcCurve[]>> = {
  32: ['P-256', 'secp256k1'],
  48: ['P-384'],
  66: ['P-521'],
};

/** `curve`: what the surrounding PKCS#8 says, if there is one. */
export function parseSec1(bytes: Uint8Array, curve?: string): ParsedSecret {
  const outer = new DerCursor(bytes).header();
  const body = new DerCursor(bytes).enter(TAG.sequence);
  const parsed = readSec1Body(body, curve);
  return { kind: 'private-key', form: 'SEC1 DER', length: outer.end, key: parsed, whole: true };
}

/** The body behind the SEQUENCE header; throws FormatError where it is none. A public key that is cut is left out. */
export function readSec1Body(body: DerCursor, curveHint?: string): EcPrivateKey {
  if (body.unsigned() !== 1n) throw new FormatError('SEC1: unknown version');
  const secret = body.take(TAG.octetString).content;
  if (secret.length < 14 || secret.length > 72) throw new FormatError('SEC1: no scalar');
  const d = bigintFromBytes(secret);
  const named = body.peek === PARAMETERS ? readCurve(body.enter(PARAMETERS)) : curveHint;
  const publicPoint = readPublicPoint(body);
  const curve = named ?? (publicPoint && curveByPoint(secret.length, d, publicPoint));
  // A scalar without curve and public key could be any 32 bytes behind `02 01 01 04 20`.
  if (curve === undefined) throw new FormatError('SEC1: nothing to tell the curve by');
  return { type: 'ec', curve, d, publicPoint };
}

function readPublicPoint(body: DerCursor): Uint8Array | undefined {
  if (body.peek !== PUBLIC_KEY) return undefined;
  try {
    const { content } = body.enter(PUBLIC_KEY).take(TAG.bitString);
    return content[0] === 0 ? content.slice(1) : undefined;
  } catch {
    return undefined;
  }
}

function curveByPoint(size: number, d: bigint, point: Uint8Array): EcCurve | undefined {
  return BY_SIZE[size]?.find((curve) => proveEc({ type: 'ec', curve, d, publicPoint: point })?.confidence === 'proven');
}
