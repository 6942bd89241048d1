import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { credentialDetector } from '../../../src/detect/credentials/detector.js';
import { readShippedRules } from '../../../src/rules.js';
import { fixture } from '../binary-harness.js';
import { scan } from '../text/support.js';

const DETECTOR = credentialDetector((await readShippedRules()).map(({ rule }) => rule));
const told = (bytes: Uint8Array | string) =>
  scan(DETECTOR, typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes).secrets.flatMap(
    ({ rule, secret }) => (secret.kind === 'credential' ? [[rule, secret.material, secret.context]] : []),
  );
/** Throwaway values that the programs were given, as hashes. */
const GIVEN = JSON.parse(readFileSync('test/fixtures/http2/values.json', 'utf8')) as Record<string, string[]>;
const hash = (text: unknown) => createHash('sha256').update(String(text)).digest('hex');
const VALUE = 'kiwi8PlumGrape7figs';

describe('headers of HTTP/2 in memory', () => {
  // Pieces of cores of curl 7.88, nghttpd 1.52, node 20 and Go 1.26: headers with a key, and cookies without a name.
  it.each(Object.entries(GIVEN))('are found as %s has them', (name, values) => {
    const found = told(fixture(`http2/${name}.bin`));
    const rules = new Set(['http-header-key', 'http-session-cookie']);
    const hashes = found.filter(([rule]) => rules.has(String(rule))).map(([, material]) => hash(material));
    expect([...new Set(hashes)].sort()).toEqual([...values].sort());
    expect(values.length).toBeGreaterThan(0);
  });

  it('are told by their names, with one zero or two, and to their end', () => {
    expect(told(`\0x-auth-token\0${VALUE}\0accept\0*/*\0`)).toEqual([
      ['http-header-key', VALUE, 'HTTP header x-auth-token'],
    ]);
    expect(told(`\0\0authorization\0\0token ${VALUE}\0\0`)).toEqual([
      ['http2-authorization', VALUE, 'HTTP header authorization'],
    ]);
    expect(told(`\0set-cookie\0sid=${VALUE}; Path=/; HttpOnly\0`)).toEqual([
      ['http-session-cookie', VALUE, 'HTTP cookie sid'],
    ]);
  });

  it('are none where no zero ends the value, the name goes on before, or the value is that of nothing secret', () => {
    expect(told(`\0x-api-key\0${VALUE}\x01`)).toEqual([]);
    expect(told(`(x-api-key\0${VALUE}\0`)).toEqual([]);
    expect(told('\0x-api-key\0x-request-id\0x-forwarded-for\0')).toEqual([]);
    expect(told('\0authorization\0proxy-authenticate\0')).toEqual([]);
  });
});

describe('a cookie whose header has no name in memory', () => {
  it('is found in a list of cookies, by its name', () => {
    expect(told(`\0theme=dark; auth_token=${VALUE}; a=b\0`)).toMatchObject(
      [['http-session-cookie', VALUE, {}]].map(([rule, material]) => [rule, material, 'HTTP cookie auth_token']),
    );
    expect(told(`\x01connect.sid=s%3A${VALUE}\xff`)).toEqual([
      ['http-session-cookie', `s%3A${VALUE}`, 'HTTP cookie connect.sid'],
    ]);
  });

  it('is none in a variable, an address, a text or code', () => {
    const rules = (text: string) => told(text).map(([rule]) => rule);
    for (const text of [
      `\0A=1\0TERM_SESSION_ID=w0t0p0:${VALUE}\0B=2\0`,
      `\0A=1\0APP_SESSION_ID=${VALUE}\0B=2\0C=3\0`,
      `\0https://a.example/?sessionid=${VALUE}\0`,
      `\0the sessionid=${VALUE} is set\0`,
      `\0if (session=x1); y_session=${VALUE}\0`,
    ]) {
      expect(rules(text)).not.toContain('http-session-cookie');
    }
  });
});
