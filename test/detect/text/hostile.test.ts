import { describe, expect, it } from 'vitest';
import { DETECTORS } from '../../../src/detect/registry.js';
import { TEXT_DETECTORS as PLAIN } from '../../../src/detect/text/detectors.js';
import { cpuTimer } from '../../support/cpu.js';
import { Random } from '../../support/random.js';
import { CASES } from './keys.js';
import { encode, fixture, scan } from './support.js';

const ENCODED = DETECTORS.filter(({ name }) => name === 'base64-text' || name === 'hex-text');
const TEXT_DETECTORS = [...PLAIN, ...ENCODED];
const MIB = 1024 * 1024;
const fill = (text: string, size = MIB): string => text.repeat(Math.ceil(size / text.length)).slice(0, size);
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

/** Each is repeated to one MiB. Quadratic work over it would take minutes. */
const REPEATED: ReadonlyArray<readonly [what: string, text: string]> = [
  ['labels', '-----BEGIN RSA PRIVATE KEY-----\n'],
  ['labels without line ends', 'PRIVATE KEY-----'],
  ['labels with a little base64', '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n'],
  ['labels with headers', 'PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nA: b\n'],
  ['labels with headers that do not end', 'PRIVATE KEY-----A:'],
  ['labels in base64', base64('-----BEGIN PRIVATE KEY-----\nMIIE')],
  ['labels in base64, one for each position', base64('PRIVATE KEY-----')],
  ['heads of PKCS#8', 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n'],
  ['heads of PKCS#8 with escaped line ends', 'MIL//wIBADANBgkqhkiG9w0BAQEFAASC\\n'],
  ['heads of SEC1', 'MHcCAQEEI '],
  ['heads of SEC1 behind padding', 'MHcCAQEEI='],
  ['heads of SEC1 behind dashes', 'MHcCAQEEI-'],
  ['heads of several kinds', 'MHcCAQEEI MIIEvQIBADANBgkqhkiG9w MIGkAgEBBD MC4CAQAwBQYDK2Vw '],
  ['heads of OpenSSH', 'b3BlbnNzaC1rZXktdjEAAAAA\n'],
  ['certificates', '-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTAN\n'],
  ['kty members', '"kty"'],
  ['kty members in objects', '{"kty":"RSA",'],
  ['kty members behind braces', '}"kty":{'],
  ['braces', '{{{{{{"kty"}}}}'],
  ['kty members far apart', `{"kty":"oct"${' '.repeat(5000)}`],
  ['bare kty members', 'kty:'],
  ['XML elements', '<RSAKeyValue><D>'],
  ['XML closing elements', '</RSAKeyValue>'],
  ['XML elements with long names', `<RSAKeyValue>${'<D '.repeat(300)}`],
  ['PuTTY heads', 'PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n'],
  ['PuTTY heads with counts', 'PuTTY-User-Key-File-3: ssh-rsa\nPublic-Lines: 500\n'],
  ['age prefixes', 'AGE-SECRET-KEY-1'],
  ['minisign heads', 'RWRTY0Iy'],
  ['WireGuard names', 'PrivateKey='],
  ['netplan modes', 'mode: wireguard\n key: '],
  ['backslashes', 'PRIVATE KEY-----\\\\\\\\\\\\\\\\'],
  ['names of members in base64', base64('"kty":"oct",')],
  ['names of members far apart in base64', base64(`"kty"${'x'.repeat(301)}`)],
  ['names of members further apart in base64', base64(`"kty"${'x'.repeat(14_001)}`)],
  ['key stores in base64', Buffer.from('3082010002010330820100', 'hex').toString('base64')],
  ['identifiers in hexadecimal', '2a864886f70d010101'],
  ['identifiers far apart in hexadecimal', `2a864886f70d010101${'30'.repeat(66)}`],
  ['heads in hexadecimal', `3082040202010002820${'1'.repeat(140)}`],
  ['heads in arrays', `${'0x30, 0x82, 0x04, 0x02, 0x02, 0x01, 0x00, 0x02, '}${'0x11, '.repeat(65)}`],
  ['curves', '{"crv":"P-256",'],
  ['curves far apart', `"crv"${' '.repeat(4000)}`],
  ['entities', 'PRIVATE KEY-----&amp;amp;amp;amp;'],
];

describe('hostile input', () => {
  it.each(REPEATED)('of %s takes time in proportion to its size', (_what, text) => {
    for (const [encoding, size] of [
      ['ascii', MIB],
      ['utf16le', MIB / 2],
    ] as const) {
      const bytes = encode(fill(text, size), encoding);
      const elapsed = cpuTimer();
      scan(TEXT_DETECTORS, bytes);
      // A tenth of this where nothing else runs.
      expect(elapsed()).toBeLessThan(5000);
    }
  });

  it('that is random around anchors and fixtures raises nothing', () => {
    const random = new Random(7);
    const anchors = TEXT_DETECTORS.flatMap(({ anchors }) => anchors.map(({ literal }) => literal));
    const texts = [...CASES.map(({ pem }) => pem), fixture('wg0.conf'), fixture('eddsa255-v3.ppk')];
    const pieces = [...anchors, ...texts.map((text) => encode(text, 'ascii')), encode('\\n"{}:=-----END ', 'ascii')];
    for (let round = 0; round < 300; round++) {
      const parts = Array.from({ length: 12 }, () => {
        const piece = random.pick(pieces);
        const from = random.below(3) === 0 ? random.below(piece.length) : 0;
        return random.below(4) === 0 ? random.bytes(random.below(40)) : piece.subarray(from, from + random.below(900));
      });
      expect(() => scan(TEXT_DETECTORS, Buffer.concat(parts))).not.toThrow();
    }
  });
});
