import { describe, expect, it } from 'vitest';
import { credentialDetector } from '../../../src/detect/credentials/detector.js';
import { readShippedRules } from '../../../src/rules.js';
import { Random } from '../../support/random.js';
import { scan } from '../text/support.js';

const DETECTOR = credentialDetector((await readShippedRules()).map(({ rule }) => rule));
const found = (text: string) =>
  scan(DETECTOR, Buffer.from(`\0\0${text}\0\0`, 'latin1')).secrets.map(({ rule }) => rule);
const b64 = (text: string) => Buffer.from(text).toString('base64url');
/** Made, so that no file holds a token. */
const SIGNATURE = b64('0123456789abcdefghijklmnopqrstuv');
const certificate = (bytes: number) => Buffer.from(new Random(bytes).bytes(bytes)).toString('base64');
const CLAIMS = b64('{"sub":1}');

describe('a JSON Web Token', () => {
  it.each([
    '{"alg":"RS256"}',
    '{"typ":"JWT","alg":"RS256"}',
    '{"kid":"1","alg":"RS256"}',
    '{"cty":"JWT","alg":"RS256"}',
    '{"crit":["b64"],"b64":true,"alg":"RS256"}',
    '{"x5t":"AQID","alg":"RS256"}',
    '{"x5c":[],"alg":"RS256"}',
    '{"x5u":"https://a.example/","alg":"RS256"}',
    '{"jku":"https://a.example/","alg":"RS256"}',
    '{"jwk":{},"alg":"RS256"}',
    '{"iss":"a","alg":"RS256"}',
    '{"ver":"1","alg":"RS256"}',
    '{"enc":"none","alg":"RS256"}',
    '{"b64":true,"alg":"RS256"}',
    '{"ppt":"shaken","alg":"ES256"}',
    '{"zip":"DEF","alg":"RS256"}',
    '{ "alg": "RS256" }',
    '{  "alg": "RS256" }',
    '{\n"alg": "RS256"\n}',
    '{\n  "alg": "RS256"\n}',
    '{\n\t"alg": "RS256"\n}',
    '{\r\n  "alg": "RS256"\r\n}',
  ])('is found whose header is %j', (header) => {
    expect(found(`${b64(header)}.${CLAIMS}.${SIGNATURE}`)).toEqual(['json-web-token']);
  });

  it('is found whose header holds a certificate, up to 4,096 characters', () => {
    const header = JSON.stringify({ x5c: [certificate(1500)], alg: 'RS256' });
    const claims = JSON.stringify({ groups: Array.from({ length: 50 }, (_, i) => `group-${i}`) });
    expect(found(`${b64(header)}.${b64(claims)}.${SIGNATURE}`)).toEqual(['json-web-token']);
  });

  it('tells of issuers and audiences what names them, and nothing that a URL asks for', () => {
    const claims = b64(JSON.stringify({ iss: 'https://a.example/b?sig=kiwiplumgrape', aud: '#kiwiplumgrape' }));
    const { secrets } = scan(DETECTOR, Buffer.from(`\0\0${b64('{"alg":"RS256"}')}.${claims}.${SIGNATURE}\0\0`));
    const [secret] = secrets.map(({ secret }) => secret);
    expect(secret?.notes).toEqual(['signed by RS256', 'issuer https://a.example/b']);
  });

  it.each([
    ['RS256', ['signed by RS256', 'key kiwiplumgrape']],
    ['HS256', ['signed by HS256']],
    ['HS512', ['signed by HS512']],
  ])('tells by %s which key signed it, where that cannot be the secret itself', (alg, notes) => {
    const header = b64(JSON.stringify({ alg, kid: 'kiwiplumgrape' }));
    const { secrets } = scan(DETECTOR, Buffer.from(`\0\0${header}.${b64('{"sub":"a"}')}.${SIGNATURE}\0\0`));
    expect(secrets.map(({ secret }) => secret.notes)).toEqual([notes]);
  });

  it('is none without a signature, an algorithm, or JSON', () => {
    const header = b64('{"iss":"a","alg":"none"}');
    expect(found(`${header}.${CLAIMS}.`)).toEqual([]);
    expect(found(`${b64('{"iss":"a","ver":"1"}')}.${CLAIMS}.${SIGNATURE}`)).toEqual([]);
    expect(found(`${header}.${b64('{"sub":1')}.${SIGNATURE}`)).toEqual([]);
  });
});
