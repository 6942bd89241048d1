/**
 * DER to BER the way streaming writers do it: constructed values get indefinite lengths, octet strings that hold the
 * safes become pieces.
 */
const OCTET_STRING = 0x04;
const SEQUENCE = 0x30;

/** Pieces of the long octet strings. */
const PIECE = 500;

export function toIndefinite(der: Uint8Array): Buffer {
  return convert(Buffer.from(der)).bytes;
}

function convert(der: Buffer, at = 0): { bytes: Buffer; end: number } {
  const tag = der[at] as number;
  const first = der[at + 1] as number;
  const digits = first < 0x80 ? 0 : first & 0x7f;
  const length = digits === 0 ? first : der.readUIntBE(at + 2, digits);
  const start = at + 2 + digits;
  const end = start + length;
  if ((tag & 0x20) === 0) {
    const content = der.subarray(start, end);
    // Only the octet strings that hold sequences: what is encrypted or signed stays as it is.
    if (tag !== OCTET_STRING || content[0] !== SEQUENCE || length < PIECE) return { bytes: der.subarray(at, end), end };
    const pieces: Buffer[] = [];
    for (let i = 0; i < length; i += PIECE) {
      const piece = content.subarray(i, i + PIECE);
      pieces.push(Buffer.from([OCTET_STRING, 0x82, piece.length >> 8, piece.length & 255]), piece);
    }
    return { bytes: Buffer.concat([Buffer.from([0x24, 0x80]), ...pieces, Buffer.alloc(2)]), end };
  }
  const children: Buffer[] = [];
  for (let child = start; child < end; ) {
    const converted = convert(der, child);
    children.push(converted.bytes);
    child = converted.end;
  }
  return { bytes: Buffer.concat([Buffer.from([tag, 0x80]), ...children, Buffer.alloc(2)]), end };
}
