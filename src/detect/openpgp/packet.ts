/** Packet headers of OpenPGP, old and new format (RFC 9580 section 4.2). */
import { FormatError } from '../../errors.js';
import { Octets } from './octets.js';

export const SECRET_KEY = 5;
export const SECRET_SUBKEY = 7;

export interface PacketHeader {
  readonly tag: number;
  /** Index of the body's first octet. */
  readonly bodyAt: number;
  /** As declared; the body may be cut. */
  readonly bodyLength: number;
}

/**
 * The header at index `at`. FormatError for what is no header, and for partial and indeterminate lengths, which keys
 * never have; BoundsError where it is cut.
 */
export function readPacketHeader(bytes: Uint8Array, at = 0): PacketHeader {
  const octets = new Octets(bytes, at);
  const first = octets.u8();
  if ((first & 0x80) === 0) throw new FormatError('no OpenPGP packet');
  if ((first & 0x40) === 0) {
    const tag = (first >> 2) & 15;
    const lengthType = first & 3;
    if (lengthType === 3) throw new FormatError('OpenPGP packet of indeterminate length');
    const bodyLength = lengthType === 0 ? octets.u8() : lengthType === 1 ? octets.u16() : octets.u32();
    return { tag, bodyAt: octets.position, bodyLength };
  }
  const tag = first & 0x3f;
  const length = octets.u8();
  if (length < 192) return { tag, bodyAt: octets.position, bodyLength: length };
  if (length < 224) {
    const bodyLength = ((length - 192) << 8) + octets.u8() + 192;
    return { tag, bodyAt: octets.position, bodyLength };
  }
  if (length < 255) throw new FormatError('OpenPGP packet of partial length');
  const bodyLength = octets.u32();
  return { tag, bodyAt: octets.position, bodyLength };
}

/** Lengths of the headers that can stand before a body. */
const HEADER_LENGTHS = [3, 2, 6, 5] as const;

/** Index of the secret key packet whose body begins at `bodyAt`; undefined when no header fits before it. */
export function findSecretKeyPacket(bytes: Uint8Array, bodyAt: number): number | undefined {
  for (const length of HEADER_LENGTHS) {
    const at = bodyAt - length;
    const first = bytes[at];
    if (first === undefined || !isSecretKeyOctet(first)) continue;
    // What stands before a body may look like several headers: the one that leads to it counts.
    if ((first & 0x40) !== 0 && bytes[at + 1] !== undefined && isPartial(bytes[at + 1] as number)) continue;
    if (readPacketHeader(bytes, at).bodyAt === bodyAt) return at;
  }
  return undefined;
}

/** Whether a packet that begins with the octet is a secret key or subkey of definite length. */
export function isSecretKeyOctet(first: number): boolean {
  if (first >= 0xc0) return first === (0xc0 | SECRET_KEY) || first === (0xc0 | SECRET_SUBKEY);
  const old = first & 0xfc;
  return (first & 3) !== 3 && (old === (0x80 | (SECRET_KEY << 2)) || old === (0x80 | (SECRET_SUBKEY << 2)));
}

function isPartial(length: number): boolean {
  return length >= 224 && length < 255;
}
