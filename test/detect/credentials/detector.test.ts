import { describe, expect, it } from 'vitest';
import { credentialDetector } from '../../../src/detect/credentials/detector.js';
import { makeExample } from '../../../src/detect/credentials/examples.js';
import { readShippedRules } from '../../../src/rules.js';
import { Random } from '../../support/random.js';
import { scan } from '../text/support.js';

const RULES = await readShippedRules();
const DETECTOR = credentialDetector(RULES.map(({ rule }) => rule));
const example = (id: string) => makeExample(RULES.find(({ rule }) => rule.id === id)?.positive[0] ?? '', id);
/** The example whose length the format fixes: of Stripe the one with the number of an account. */
const keyOfFixedLength = (id: string) => {
  const templates = RULES.find(({ rule }) => rule.id === id)?.positive ?? [];
  return makeExample(templates.find((template) => template.includes('_51')) ?? templates[0] ?? '', id);
};
const found = (bytes: Uint8Array | string) =>
  scan(DETECTOR, typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes).secrets;
const rulesIn = (bytes: Uint8Array | string) => [...new Set(found(bytes).map(({ rule }) => rule as string))];

describe('a credential', () => {
  const token = example('github-personal-token');

  it('is placed at its own bytes', () => {
    expect(found(`abc ${token} def`)).toMatchObject([{ from: 4, to: 4 + token.length, secret: { form: 'ASCII' } }]);
    const wide = Buffer.from(`abc ${token} def`, 'utf16le');
    expect(found(wide)).toMatchObject([{ from: 8, to: 8 + 2 * token.length, secret: { form: 'UTF-16LE' } }]);
  });

  it('with a checksum is proven, whatever touches it', () => {
    for (const around of ['', 'a', '9', '_', '\xff', '\0', '%', '"']) {
      const bytes = Buffer.from(`${around}${token}${around}`, 'latin1');
      expect(found(bytes), JSON.stringify(around)).toMatchObject([{ secret: { confidence: 'proven' } }]);
    }
  });

  it('is found at any alignment, in UTF-16 of both byte orders', () => {
    for (let pad = 0; pad < 4; pad++) {
      const little = Buffer.from(token, 'utf16le');
      for (const wide of [little, Buffer.from(little).swap16()]) {
        expect(rulesIn(Buffer.concat([Buffer.alloc(pad), wide, Buffer.alloc(3)]))).toEqual(['github-personal-token']);
      }
    }
  });

  it('is found in base64 at each of its three places', () => {
    for (const before of ['', 'u', 'us', 'user:']) {
      const text = Buffer.from(`${before}${token}\n`).toString('base64');
      const [secret] = found(`auth ${text} `);
      expect(secret).toMatchObject({ rule: 'github-personal-token', secret: { form: 'base64', material: token } });
    }
  });

  it('is none where its digits are those of documentation', () => {
    expect(rulesIn(`AKIA${'IOSFODNN7'}EXAMPLE ghp_${'x'.repeat(36)} sk_live_${'1234567890'.repeat(3)}`)).toEqual([]);
  });

  it('is none where letters go on behind it', () => {
    const key = example('google-api-key');
    expect(rulesIn(` ${key} `)).toEqual(['google-api-key']);
    expect(rulesIn(` ${key}abc`)).toEqual([]);
  });

  it.each([
    'aws-access-key-id',
    'aws-temporary-key-id',
    'stripe-secret-key',
    'stripe-restricted-key',
    'stripe-test-key',
  ])('ends by its own length where letters go on behind it: %s', (rule) => {
    const key = keyOfFixedLength(rule);
    for (const behind of ['', 'abc', 'ABC', '7', '\0']) {
      expect(found(` ${key}${behind} `)).toMatchObject([{ rule, secret: { material: key } }]);
    }
  });

  it('is a temporary key id of AWS only where it is a word’s beginning', () => {
    expect(rulesIn(` EUR${example('aws-temporary-key-id')} `)).toEqual([]);
  });

  it('is told from another issuer’s with the same prefix', () => {
    expect(rulesIn(` ${example('paystack-key')} `)).toContain('paystack-key');
    expect(rulesIn(` ${example('github-app-stateless-token')} `)).toContain('github-app-stateless-token');
  });
});

describe('an assignment', () => {
  const hex = '7f3a9c0e1b5d8264f7a1c3e59b0d2846';

  it.each([
    [`DD_API_KEY=${hex}\0PATH=/bin`],
    [`{"dd_api_key": "${hex}"}`],
    [`{\\"dd_api_key\\":\\"${hex}\\"}`],
    [`datadog_api_key: '${hex}'\n`],
    [`const datadogApiKey = "${hex}";`],
    [`datadog-api-key := ${hex}\n`],
    [`'datadog_api_key' => '${hex}',`],
    [`{datadogApiKey:"${hex}"}`],
  ])('is read in its notation: %s', (text) => {
    expect(rulesIn(text)).toEqual(['datadog-api-key']);
    expect(rulesIn(Buffer.from(text, 'utf16le'))).toEqual(['datadog-api-key']);
  });

  it('is told by the rule that knows the name, and by the general one else', () => {
    expect(rulesIn(`SOME_API_KEY=${hex}`)).toEqual(['generic-secret']);
    expect(rulesIn(`dd_api_key=${hex}`)).toEqual(['datadog-api-key']);
    expect(rulesIn(`add_api_key=${hex}`)).toEqual(['generic-secret']);
  });

  it.each([
    ['token = Token.Name.Builtin.SchemeFunction'],
    ['password=key_password,'],
    ['self._password = handler.password'],
    ['apiKey: process.env.API_KEY2'],
    [`PASSWORD=$${'{DB_PASSWORD2}'}`],
    ['PWD=/tmp/tmp.aB3xyz0S'],
    ['const token = readToken2(view)'],
    ['secret=a1'],
  ])('of code or a template is none: %s', (text) => {
    expect(rulesIn(`${text}\n`)).toEqual([]);
  });
});

describe('a dump full of keywords', () => {
  const keywords = ['ghp_', 'eyJh', 'key=', 'hf_a', 'https://', 'AAAA', 'IQoJb3JpZ2lu', 'JQQJ99', 'sk.eyJ'];

  it.each(keywords)('does not take long: %s', (keyword) => {
    const bytes = Buffer.from(keyword.repeat(Math.ceil(500_000 / keyword.length)));
    const started = performance.now();
    let undecided = 0;
    const anchors = DETECTOR.anchors.filter(({ tag }) => tag.startsWith('ascii:'));
    for (const anchor of anchors.filter(({ literal }) => bytes.includes(Buffer.from(literal)))) {
      for (let at = bytes.indexOf(anchor.literal); at >= 0; at = bytes.indexOf(anchor.literal, at + 1)) {
        const sink = { secret() {}, certificate() {}, publicKey() {}, undecided: () => undecided++ };
        DETECTOR.detect({ bytes, at, anchor }, sink);
      }
    }
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(undecided).toBeLessThan(10);
  });

  it('of random bytes has none', () => {
    expect(found(new Random(11).bytes(2_000_000))).toEqual([]);
  });

  it('throws nothing, wherever a credential is cut', () => {
    const all = RULES.slice(0, 400).map(({ rule, positive }) => makeExample(positive[0] ?? '', rule.id));
    for (const text of all) for (const cut of [3, 8, 20, text.length - 1]) found(text.slice(0, cut));
  });
});
