/** X.501 names as text (RFC 4514), from their DER: the last comes first, the parts of one RDN are joined by `+`. */
import { hex, latin1 } from '../bytes/convert.js';
import { type DerCursor, TAG } from '../bytes/der.js';
import { tlv } from './curves.js';

/** Attribute types of RFC 4514 section 3 and others with a registered descriptor (RFC 4519, RFC 2985). */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.42': 'GN',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
};

/** Universal tags of the string types (X.680) and how their contents are encoded. */
const STRINGS: Readonly<Record<number, (content: Uint8Array) => string>> = {
  12: utf8,
  18: latin1, // NumericString
  19: latin1, // PrintableString
  20: latin1, // TeletexString: in practice Latin-1
  22: latin1, // IA5String
  30: utf16, // BMPString
};

/** `name`: at RDNSequence, SEQUENCE OF SET OF SEQUENCE { type OID, value }. Throws FormatError. */
export function formatName(name: DerCursor): string {
  const rdns = name.enter(TAG.sequence);
  const texts: string[] = [];
  while (!rdns.done) {
    const rdn = rdns.enter(TAG.set);
    const parts: string[] = [];
    while (!rdn.done) parts.unshift(formatPart(rdn.enter(TAG.sequence)));
    texts.unshift(parts.join('+'));
  }
  return texts.join(',');
}

function formatPart(attribute: DerCursor): string {
  const oid = attribute.oid();
  const { tag, content } = attribute.next();
  const [type, decode] = [ATTRIBUTES[oid], STRINGS[tag]];
  // Section 2.4: what has no name or no string form is given as hexadecimal.
  if (type === undefined || decode === undefined) return `${type ?? oid}=#${hex(tlv(tag, content))}`;
  return `${type}=${escapeValue(decode(content))}`;
}

/** Section 2.4; control characters as hexadecimal pairs, too, so that a name stays on one line. */
function escapeValue(text: string): string {
  const chars = [...text];
  return chars
    .map((char, index) => {
      if (/\p{Cc}/u.test(char)) return [...Buffer.from(char)].map((byte) => `\\${hex(Uint8Array.of(byte))}`).join('');
      const outer = (char === ' ' && (index === 0 || index === chars.length - 1)) || (char === '#' && index === 0);
      return outer || '\\"+,;<>'.includes(char) ? `\\${char}` : char;
    })
    .join('');
}

function utf8(content: Uint8Array): string {
  return Buffer.from(content).toString('utf8');
}

function utf16(content: Uint8Array): string {
  return Buffer.from(content.subarray(0, content.length & ~1))
    .swap16()
    .toString('utf16le');
}
