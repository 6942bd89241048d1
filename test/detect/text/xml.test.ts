import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { xmlDetector } from '../../../src/detect/text/xml.js';
import { ENCODINGS, encode, plant, scan, sha256, spkis } from './support.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
const spki = sha256(publicKey.export({ type: 'spki', format: 'der' }));
const jwk = privateKey.export({ format: 'jwk' });
const base64 = (value: string | undefined): string => Buffer.from(value ?? '', 'base64url').toString('base64');

/** As RSA.ToXmlString(true) of .NET writes it. */
const PUBLIC = `<Modulus>${base64(jwk.n)}</Modulus><Exponent>${base64(jwk.e)}</Exponent>`;
const PRIVATE =
  `<P>${base64(jwk.p)}</P><Q>${base64(jwk.q)}</Q><DP>${base64(jwk.dp)}</DP><DQ>${base64(jwk.dq)}</DQ>` +
  `<InverseQ>${base64(jwk.qi)}</InverseQ><D>${base64(jwk.d)}</D>`;
const XML = `<RSAKeyValue>${PUBLIC}${PRIVATE}</RSAKeyValue>`;
const found = (text: string): string[] => spkis(scan(xmlDetector, plant(encode(text, 'ascii'), 40)));

describe('keys in XML', () => {
  it.each(ENCODINGS)('are found in %s, and bounded exactly', (encoding) => {
    const body = encode(XML, encoding);
    const { secrets } = scan(xmlDetector, plant(body, 101));
    expect(spkis({ secrets, certificates: [] })).toEqual([spki]);
    expect(secrets[0]).toMatchObject({ from: 101, to: 101 + body.length, rule: 'xml-private-key' });
    expect(secrets[0]?.secret).toMatchObject({ kind: 'private-key', whole: true, form: 'XML RSAKeyValue' });
  });

  it.each([
    ['indented', XML.replaceAll('><', '>\n   <').replaceAll(/(\w{60})/g, '$1\r\n  ')],
    ['with attributes', XML.replace('<RSAKeyValue>', '<RSAKeyValue xmlns="http://www.w3.org/2000/09/xmldsig#">')],
    ['with a prefix', XML.replaceAll(/<(\/?)(\w)/g, '<$1ds:$2')],
    ['inside XML', XML.replaceAll('<', '&lt;').replaceAll('>', '&gt;')],
    ['inside JSON', JSON.stringify({ key: XML })],
    [
      'inside the JSON of .NET',
      `"${XML.replaceAll('<', '\\u003C').replaceAll('>', '\\u003E').replaceAll('+', '\\u002B')}"`,
    ],
    ['as serialised parameters', XML.replaceAll('RSAKeyValue', 'RSAParameters')],
    ['with P and Q alone', `<RSAKeyValue>${PUBLIC}${PRIVATE.replace(/<DP>.*/, '')}</RSAKeyValue>`],
    ['without its end', XML.slice(0, -20)],
    ['one after the other', `<RSAKeyValue>${PUBLIC}</RSAKeyValue>\n${XML}`],
  ])('are found %s', (_how, text) => {
    expect(found(text)).toEqual([spki]);
  });

  it('are not public keys, nor names in a text', () => {
    expect(found(`<RSAKeyValue>${PUBLIC}</RSAKeyValue>`)).toEqual([]);
    expect(found(`RSAKeyValue ${XML.slice(13)}`)).toEqual([]);
    expect(
      found('System.Security.Cryptography.Xml.RSAKeyValue DSAKeyValue RSAParameters <RSAKeyValue></RSAKeyValue>'),
    ).toEqual([]);
  });

  it('of DSA are found', () => {
    const dsa = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 });
    const [p, q, g, x] = integers(dsa.privateKey.export({ format: 'der', type: 'pkcs8' }));
    const [y] = integers(dsa.publicKey.export({ format: 'der', type: 'spki' })).slice(-1);
    const text = `<DSAKeyValue><P>${p}</P><Q>${q}</Q><G>${g}</G><Y>${y}</Y><X>${x}</X></DSAKeyValue>`;
    expect(found(text)).toEqual([sha256(dsa.publicKey.export({ type: 'spki', format: 'der' }))]);
    expect(found(text.replace(/<X>.*<\/X>/, ''))).toEqual([]);
  });
});

/** Base64 of the INTEGERs of a DER structure that have more than two bytes, in order; looks into strings. */
function integers(der: Buffer): string[] {
  const out: string[] = [];
  for (let at = 0; at + 2 < der.length; ) {
    const tag = der[at] as number;
    let length = der[at + 1] as number;
    let header = 2;
    if (length > 128) {
      header += length - 128;
      length = der.readUIntBE(at + 2, length - 128);
    }
    const body = der.subarray(at + header, at + header + length);
    if (tag === 0x02 && length > 2) out.push(body.subarray(body[0] === 0 ? 1 : 0).toString('base64'));
    at += tag === 0x30 || tag === 0x04 ? header : tag === 0x03 ? header + 1 : header + length;
  }
  return out;
}
