/** ECPrivateKey (RFC 5915): SEQUENCE { 1, OCTET STRING d, [0] parameters OPTIONAL, [1] BIT STRING Q OPTIONAL }. */
import { bigintFromBytes } from '../../bytes/convert.js';
import { DerCursor, TAG } from '../../bytes/der.js';
import { BoundsError, FormatError } from '../../errors.js';
import { EC_CURVES, isEcCurve } from '../../prove/curves.js';
import { proveEc } from '../../prove/ec.js';
import type { EcCurve, EcPrivateKey, ParsedSecret } from '../../types.js';
import { readCurve } from './curve.js';

const PARAMETERS = 0xa0;
const PUBLIC_KEY = 0xa1;
/** Scalars of the smallest and largest curves in use, 112 and 571 bits. */
const MIN_SCALAR = 14;
const MAX_SCALAR = 72;
const PROVABLE = Object.keys(EC_CURVES) as EcCurve[];

/** `curve`: what the surrounding PKCS#8 says, if there is one. Throws FormatError. */
export function parseSec1(bytes: Uint8Array, curve?: string): ParsedSecret {
  const { end } = new DerCursor(bytes).header();
  const body = new DerCursor(bytes).enter(TAG.sequence);
  const key = readSec1Body(body, curve);
  if (!body.done) throw new FormatError('SEC1: something follows');
  return { kind: 'private-key', form: 'SEC1 DER', length: end, key, whole: true };
}

/** The fields behind the SEQUENCE header; throws FormatError where there are none. A cut public key is left out. */
export function readSec1Body(body: DerCursor, curveHint?: string): EcPrivateKey {
  if (body.unsigned() !== 1n) throw new FormatError('SEC1: unknown version');
  const secret = body.take(TAG.octetString).content;
  if (secret.length < MIN_SCALAR || secret.length > MAX_SCALAR) throw new FormatError('SEC1: no scalar');
  if (isTemplate(secret)) throw new FormatError('SEC1: a template without its scalar');
  const d = bigintFromBytes(secret);
  const named = body.peek === PARAMETERS ? readCurve(body.enter(PARAMETERS)) : curveHint;
  const publicPoint = readPublicPoint(body);
  const curve = named ?? (publicPoint && curveByPoint(secret.length, d, publicPoint));
  // A scalar without curve and public key could be any 32 bytes behind `02 01 01 04 20`.
  if (curve === undefined) throw new FormatError('SEC1: nothing to tell the curve by');
  // Some encoders drop leading zeros; none adds any.
  if (isEcCurve(curve) && secret.length > EC_CURVES[curve].size) throw new FormatError('SEC1: scalar too long');
  return { type: 'ec', curve, d, publicPoint };
}

/**
 * Libraries such as ring keep the constant parts of PKCS#8 without the scalar: what follows them is the head of the
 * public key, [1] { BIT STRING with no unused bits.
 */
function isTemplate(secret: Uint8Array): boolean {
  const length = secret[1] as number;
  return secret[0] === PUBLIC_KEY && secret[2] === TAG.bitString && secret[3] === length - 2 && secret[4] === 0;
}

function readPublicPoint(body: DerCursor): Uint8Array | undefined {
  if (body.peek !== PUBLIC_KEY) return undefined;
  try {
    const { content } = body.enter(PUBLIC_KEY).take(TAG.bitString);
    return content[0] === 0 ? content.slice(1) : undefined;
  } catch (error) {
    if (error instanceof FormatError || error instanceof BoundsError) return undefined;
    throw error;
  }
}

/** The provable curve on which d·G is the point. */
function curveByPoint(size: number, d: bigint, publicPoint: Uint8Array): EcCurve | undefined {
  return PROVABLE.filter((curve) => EC_CURVES[curve].size === size).find(
    (curve) => proveEc({ type: 'ec', curve, d, publicPoint })?.confidence === 'proven',
  );
}
