/** Sequences of OpenPGP packets: transferable secret keys (RFC 9580 section 10.2), and keyrings made of them. */
import { BoundsError, FormatError } from '../../errors.js';
import type { ParsedSecret } from '../../types.js';
import { isSecretKeyOctet, type PacketHeader, readPacketHeader } from './packet.js';
import { readSecretKey } from './secret-key.js';

/** Packets that are walked: a key with many signatures has hundreds. */
const MAX_PACKETS = 4096;

/** Marker 10, Trust 12, Public-Key 6 and 14, Signature 2, User ID 13, User Attribute 17, Padding 21, Secret 5 and 7. */
const KEY_TAGS: ReadonlySet<number> = new Set([2, 5, 6, 7, 10, 12, 13, 14, 17, 21]);

/** A secret and where its packet stands. */
export interface PacketSecret {
  /** Index of the packet's header. */
  readonly at: number;
  readonly secret: ParsedSecret;
}

/**
 * The secrets of the packets from index 0 on. `length` of each counts from index 0 to its packet's end. FormatError or
 * BoundsError when the first packet is no secret key; what follows is read as far as it goes.
 */
export function parseOpenPgpSecretKeys(bytes: Uint8Array): ParsedSecret[] {
  return walkSecretKeys(bytes, 0, MAX_PACKETS).map(({ at, secret }) => ({ ...secret, length: at + secret.length }));
}

/** The same from the packet at `from` on, over at most `limit` packets; each secret's `length` is its packet's own. */
export function walkSecretKeys(bytes: Uint8Array, from: number, limit: number): PacketSecret[] {
  if (!isSecretKeyOctet(bytes[from] ?? 0)) throw new FormatError('no OpenPGP secret key packet');
  const found: PacketSecret[] = [];
  let at = from;
  for (let count = 0; count < limit && at < bytes.length; count++) {
    let header: PacketHeader;
    try {
      header = readPacketHeader(bytes, at);
      if (!KEY_TAGS.has(header.tag)) break;
      const secret = isSecretKeyOctet(bytes[at] as number) ? readSecretKey(bytes, at, header) : undefined;
      if (secret) found.push({ at, secret });
    } catch (error) {
      if (!(error instanceof FormatError || error instanceof BoundsError)) throw error;
      if (count === 0) throw error;
      // A packet that is not understood has a length all the same; a header that is none ends the sequence.
      const next = nextPacket(bytes, at);
      if (next === undefined) break;
      at = next;
      continue;
    }
    at = header.bodyAt + header.bodyLength;
  }
  return found;
}

function nextPacket(bytes: Uint8Array, at: number): number | undefined {
  try {
    const header = readPacketHeader(bytes, at);
    return KEY_TAGS.has(header.tag) ? header.bodyAt + header.bodyLength : undefined;
  } catch (error) {
    if (error instanceof FormatError || error instanceof BoundsError) return undefined;
    throw error;
  }
}
