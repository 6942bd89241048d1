/** The data types of the SSH protocol (RFC 4251 section 5) and the public key blobs made of them. */
import { bigintFromBytes, latin1 } from '../../bytes/convert.js';
import { checkedSize, Fields, slice } from '../../bytes/read.js';
import { FormatError } from '../../errors.js';
import type { EcCurve, PublicKey } from '../../types.js';

/** Reads one field after the other; BoundsError where a declared length does not fit. All integers are big-endian. */
export class SshFields {
  readonly #bytes: Uint8Array;
  readonly #fields: Fields;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#fields = new Fields(bytes, false);
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#at;
  }

  uint32(): number {
    const value = this.#fields.u32(this.#at);
    this.#at += 4;
    return value;
  }

  /** A view of a length-prefixed string. */
  string(): Uint8Array {
    const length = checkedSize(this.uint32(), this.#bytes.length - this.#at, 'SSH string');
    return this.take(length);
  }

  /** A view of the next `length` bytes. */
  take(length: number): Uint8Array {
    const bytes = slice(this.#bytes, this.#at, length, 'SSH field');
    this.#at += length;
    return bytes;
  }

  text(): string {
    return latin1(this.string());
  }

  /** A non-negative mpint; FormatError for a negative one. */
  mpint(): bigint {
    const bytes = this.string();
    if (bytes.length > 0 && (bytes[0] as number) >= 0x80) throw new FormatError('negative mpint');
    return bigintFromBytes(bytes);
  }
}

const CURVES: ReadonlyMap<string, EcCurve> = new Map([
  ['nistp256', 'P-256'],
  ['nistp384', 'P-384'],
  ['nistp521', 'P-521'],
]);

/**
 * A public key blob: RFC 4253 section 6.6 (ssh-rsa, ssh-dss), RFC 5656 section 3.1 (ecdsa-sha2-*), RFC 8709 section 4
 * (ssh-ed25519, ssh-ed448). FormatError for other types.
 */
export function parseSshPublicKey(blob: Uint8Array): PublicKey {
  const fields = new SshFields(blob);
  const type = fields.text();
  switch (type) {
    case 'ssh-rsa': {
      const e = fields.mpint();
      return { type: 'rsa', e, n: fields.mpint() };
    }
    case 'ssh-dss': {
      const p = fields.mpint();
      const q = fields.mpint();
      const g = fields.mpint();
      return { type: 'dsa', p, q, g, y: fields.mpint() };
    }
    case 'ssh-ed25519':
    case 'ssh-ed448': {
      const curve = type === 'ssh-ed448' ? 'Ed448' : 'Ed25519';
      const publicKey = fields.string().slice();
      if (publicKey.length !== (curve === 'Ed448' ? 57 : 32)) throw new FormatError('EdDSA public key length');
      return { type: 'okp', curve, publicKey };
    }
    default: {
      if (!type.startsWith('ecdsa-sha2-')) throw new FormatError('unknown SSH key type');
      const curve = CURVES.get(fields.text());
      if (curve === undefined || !type.endsWith(curve.replace('P-', 'p'))) throw new FormatError('SSH curve name');
      return { type: 'ec', curve, point: fields.string().slice() };
    }
  }
}
