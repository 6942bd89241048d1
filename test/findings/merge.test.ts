import { describe, expect, it } from 'vitest';
import type { RegionIndex } from '../../src/dump/map.js';
import { MAX_LOCATIONS, mergeFindings } from '../../src/findings/merge.js';
import type { Detection } from '../../src/types.js';
import { Random } from '../support/random.js';

const nowhere = { locate: () => [{ region: 'raw' }], tornAt: () => undefined } as unknown as RegionIndex;
const NO_CERTIFICATES = new Map();

function detection(over: Partial<Detection>): Detection {
  return {
    rule: 'pkcs8-private-key',
    part: 'PKCS#8 DER',
    offset: 0,
    length: 100,
    severity: 'critical',
    confidence: 'proven',
    fingerprint: 'aa'.repeat(32),
    key: { algorithm: 'RSA', bits: 2048, spkiSha256: '11'.repeat(32) },
    evidence: ['p·q = n'],
    ...over,
  };
}

const sealed = { severity: 'medium', confidence: 'parsed', key: undefined, evidence: ['encrypted: PBES2'] } as const;

describe('mergeFindings', () => {
  it('makes one finding of one key in many places and forms', () => {
    const pem = detection({ rule: 'pem-private-key', part: 'PEM PKCS#8', offset: 5000, length: 1700 });
    const [finding, ...rest] = mergeFindings([pem, detection({ offset: 900 })], nowhere, NO_CERTIFICATES);
    expect(rest).toEqual([]);
    expect(finding?.locations.map(({ part, offset }) => [part, offset])).toEqual([
      ['PKCS#8 DER', 900],
      ['PEM PKCS#8', 5000],
    ]);
  });

  it('does not list a structure inside another one of the same key', () => {
    const inner = detection({ rule: 'pkcs1-private-key', part: 'PKCS#1 DER', offset: 26, length: 74 });
    const [finding] = mergeFindings([inner, detection({})], nowhere, NO_CERTIFICATES);
    expect(finding?.locations.map(({ part }) => part)).toEqual(['PKCS#8 DER']);
  });

  it('drops a reading across the end of a region where another one keeps to the memory', () => {
    const torn = { ...nowhere, tornAt: ({ length }: { length: number }) => (length > 60 ? 60 : undefined) };
    const bogus = detection({ confidence: 'parsed', fingerprint: 'bb'.repeat(32), length: 100 });
    const real = [detection({ length: 60 }), detection({ offset: 9000, length: 40 })];
    const merge = (detections: Detection[]) =>
      mergeFindings(detections, torn as unknown as RegionIndex, NO_CERTIFICATES);
    expect(merge([bogus, ...real]).map(({ confidence }) => confidence)).toEqual(['proven']);
    // Alone it is all there is to say of that place.
    expect(merge([bogus])).toHaveLength(1);
    expect(merge([detection({ length: 100 }), ...real])[0]?.locations).toHaveLength(2);
  });

  it('lists a different key inside a larger structure', () => {
    const inner = detection({ fingerprint: 'bb'.repeat(32), offset: 26, length: 74 });
    expect(mergeFindings([inner, detection({})], nowhere, NO_CERTIFICATES)).toHaveLength(2);
  });

  it('leaves a nameless encrypted key to the keystore that holds it', () => {
    const store = detection({ ...sealed, rule: 'pkcs12-keystore', length: 3000, fingerprint: 'cc'.repeat(32) });
    const bag = detection({ ...sealed, rule: 'encrypted-private-key', offset: 400, fingerprint: 'dd'.repeat(32) });
    expect(mergeFindings([bag, store], nowhere, NO_CERTIFICATES).map(({ rule }) => rule)).toEqual(['pkcs12-keystore']);
  });

  it('keeps a nameless encrypted key that stands alone or merely overlaps', () => {
    const bag = detection({ ...sealed, rule: 'encrypted-private-key', offset: 50, fingerprint: 'dd'.repeat(32) });
    expect(mergeFindings([bag, detection({})], nowhere, NO_CERTIFICATES)).toHaveLength(2);
  });

  it('is as severe as its most severe place, and puts the worst first', () => {
    const other = detection({ severity: 'low', fingerprint: 'ee'.repeat(32), offset: 1 });
    const locked = detection({ ...sealed, key: detection({}).key, rule: 'openssh-private-key', offset: 500 });
    const findings = mergeFindings([other, locked, detection({ offset: 900 })], nowhere, NO_CERTIFICATES);
    expect(findings.map(({ severity }) => severity)).toEqual(['critical', 'low']);
    expect(findings[0]?.confidence).toBe('proven');
  });

  it('calls a parsed key proven when a certificate of the dump carries its public half', () => {
    const name = { subject: 'CN=a', serial: '01', notBefore: '', notAfter: '', sha256: '22'.repeat(32) };
    const certificates = new Map([['11'.repeat(32), [name]]]);
    const [finding] = mergeFindings([detection({ confidence: 'parsed' })], nowhere, certificates);
    expect(finding?.confidence).toBe('proven');
    expect(finding?.key?.certificates).toEqual([name]);
  });

  it('has the same id in every dump and at every offset', () => {
    const [a] = mergeFindings([detection({})], nowhere, NO_CERTIFICATES);
    const [b] = mergeFindings([detection({ offset: 77, rule: 'pem-private-key' })], nowhere, NO_CERTIFICATES);
    expect(a?.id).toBe(b?.id);
  });

  it('does not depend on the order in which windows finished', () => {
    const random = new Random(11);
    const all = Array.from({ length: 60 }, () =>
      detection({
        fingerprint: random.pick(['aa', 'bb', 'cc']).repeat(32),
        offset: random.below(500),
        length: 50 + random.below(100),
        part: random.pick(['x', 'y']),
        confidence: random.pick(['proven', 'parsed']),
        evidence: [random.pick(['one', 'two'])],
      }),
    );
    const expected = mergeFindings(all, nowhere, NO_CERTIFICATES);
    for (let round = 0; round < 30; round++) {
      const shuffled = [...all].sort(() => random.next() - 0.5);
      expect(mergeFindings(shuffled, nowhere, NO_CERTIFICATES)).toEqual(expected);
    }
  });

  it('counts places beyond the limit instead of listing them', () => {
    const many = Array.from({ length: MAX_LOCATIONS + 7 }, (_, i) => detection({ offset: i * 1000 }));
    const [finding] = mergeFindings(many, nowhere, NO_CERTIFICATES);
    expect(finding?.locations).toHaveLength(MAX_LOCATIONS);
    expect(finding?.moreLocations).toBe(7);
  });
});

describe('credentials', () => {
  const credential = (over: Partial<Detection>) =>
    detection({
      rule: 'generic-secret',
      title: 'Value assigned to the name of a secret',
      part: 'ASCII',
      offset: 100,
      length: 40,
      severity: 'low',
      confidence: 'heuristic',
      fingerprint: 'cc'.repeat(32),
      key: undefined,
      evidence: [],
      ...over,
    });
  const proven = credential({
    rule: 'github-personal-token',
    title: 'Token',
    severity: 'critical',
    confidence: 'proven',
  });
  const rulesOf = (...detections: Detection[]) =>
    mergeFindings(detections, nowhere, NO_CERTIFICATES).map(({ rule }) => rule);

  it('have the title of their own rule', () => {
    expect(mergeFindings([proven], nowhere, NO_CERTIFICATES)).toMatchObject([{ title: 'Token', severity: 'critical' }]);
  });

  it('that are one secret are one finding, of the rule that says most', () => {
    const elsewhere = credential({ offset: 9000 });
    expect(mergeFindings([elsewhere, proven], nowhere, NO_CERTIFICATES)).toMatchObject([
      { rule: 'github-personal-token', confidence: 'proven', locations: [{ offset: 100 }, { offset: 9000 }] },
    ]);
  });

  it('are not told a second time as part of something better proven, or larger', () => {
    const other = 'dd'.repeat(32);
    expect(rulesOf(credential({ fingerprint: other, offset: 90, length: 60 }), proven)).toEqual([
      'github-personal-token',
    ]);
    expect(rulesOf(credential({ fingerprint: other, offset: 120, length: 10 }), credential({}))).toEqual([
      'generic-secret',
    ]);
    expect(rulesOf(detection({ offset: 90, length: 100 }), credential({}))).toEqual(['pkcs8-private-key']);
  });

  it('do not hide a key that lies within them', () => {
    expect(rulesOf(credential({ offset: 0, length: 500 }), detection({ offset: 90 }))).toEqual(['pkcs8-private-key']);
    expect(rulesOf(proven, detection({ offset: 120, length: 10 })).sort()).toEqual([
      'github-personal-token',
      'pkcs8-private-key',
    ]);
  });

  it('of two at the very same place, equally well proven, the more severe one stays', () => {
    const [low, medium] = [credential({}), credential({ rule: 'http-session-cookie', severity: 'medium' })];
    expect(rulesOf(low, medium)).toEqual(['http-session-cookie']);
    expect(rulesOf(medium, low)).toEqual(['http-session-cookie']);
  });

  it('leave where they stood to what is better proven there', () => {
    const context = 'environment variable CI_TOKEN';
    const found = mergeFindings([credential({ context }), proven], nowhere, NO_CERTIFICATES);
    expect(found).toMatchObject([{ rule: 'github-personal-token', evidence: [context] }]);
    const key = detection({ offset: 100, length: 30 });
    expect(mergeFindings([credential({ context }), key], nowhere, NO_CERTIFICATES)).toMatchObject([
      { rule: 'pkcs8-private-key', evidence: ['p·q = n', context] },
    ]);
  });

  it('side by side are two', () => {
    expect(rulesOf(proven, credential({ fingerprint: 'dd'.repeat(32), offset: 140 }))).toHaveLength(2);
  });
});
