import { describe, expect, it } from 'vitest';
import { DumpsieveError } from '../../src/errors.js';
import { applyBaseline, type Baseline, parseBaseline, writeBaseline } from '../../src/findings/baseline.js';
import { finding, input, location, report } from '../report/build.js';

const TODAY = '2026-03-04';
const A = finding('a');
const B = finding('b', { severity: 'medium' });

const waiver = (over = {}) => ({ id: A.id, reason: 'test key', added: '2026-01-01', ...over });
const file = (...waivers: object[]) => JSON.stringify({ schema: 'dumpsieve.baseline/1', waivers });
const baseline = (...waivers: object[]) => parseBaseline(file(...waivers));

function refusal(text: string): string {
  try {
    parseBaseline(text);
  } catch (error) {
    expect(error).toBeInstanceOf(DumpsieveError);
    expect((error as DumpsieveError).code).toBe('BAD_BASELINE');
    return (error as DumpsieveError).message;
  }
  return 'accepted';
}

describe('parseBaseline', () => {
  it('reads waivers with and without the members that may be absent', () => {
    const full = waiver({ rule: 'r', key: 'k', severity: 'low', expires: '2027-01-01' });
    expect(baseline(waiver(), { ...full, id: B.id }).waivers).toHaveLength(2);
    expect(parseBaseline(`\ufeff${file()}`).waivers).toEqual([]);
  });

  it('refuses what is no baseline', () => {
    for (const text of ['', '[]', 'null', '{"waivers":[]}', '{"schema":"dumpsieve.baseline/2","waivers":[]}']) {
      expect(refusal(text)).not.toBe('accepted');
    }
    expect(refusal('{"schema":"dumpsieve.baseline/1","waivers":{}}')).toContain('"waivers"');
    expect(refusal('{"schema":"dumpsieve.baseline/1","waivers":[],"x":1}')).toContain('other than');
  });

  it('refuses a wrong entry and tells which', () => {
    const other = waiver({ id: B.id });
    const wrong: ReadonlyArray<readonly [object, string]> = [
      [waiver({ reason: undefined }), '"reason" is missing'],
      [waiver({ reason: '  ' }), 'wrong value for "reason"'],
      [waiver({ id: undefined }), '"id" is missing'],
      [waiver({ id: 7 }), 'wrong value for "id"'],
      [waiver({ added: undefined }), '"added" is missing'],
      [waiver({ added: 'yesterday' }), 'wrong value for "added"'],
      [waiver({ expires: '2026-02-30' }), 'wrong value for "expires"'],
      [waiver({ expires: '2026-3-4' }), 'wrong value for "expires"'],
      [waiver({ expires: null }), 'wrong value for "expires"'],
      [waiver({ severity: 'fatal' }), 'wrong value for "severity"'],
      [waiver({ expire: '2026-12-31' }), 'unknown member "expire"'],
      [[], 'an object is needed'],
      [other, 'has the id of entry 1'],
    ];
    for (const [entry, message] of wrong) {
      expect(refusal(file(other, entry))).toContain('entry 2: ');
      expect(refusal(file(other, entry))).toContain(message);
    }
  });

  it('is not misled by names that objects have by themselves', () => {
    expect(refusal(`{"schema":"dumpsieve.baseline/1","waivers":[{"__proto__":{"id":"x"},"reason":"r"}]}`)).toContain(
      'entry 1',
    );
    expect(refusal(file({ constructor: 'x' }))).toContain('unknown member');
  });
});

describe('applyBaseline', () => {
  it('waives by the secret, wherever it lies', () => {
    const moved = { ...A, locations: [location(999_999)] };
    const { findings, unused } = applyBaseline([moved, B], baseline(waiver({ expires: TODAY })), TODAY);
    expect(findings[0]?.waived).toEqual({ reason: 'test key', expires: TODAY });
    expect(findings[1]?.waived).toBeUndefined();
    expect(unused).toEqual([]);
  });

  it('does not waive from the day after the expiry, and warns', () => {
    const { findings, expired, warnings } = applyBaseline([A], baseline(waiver({ expires: '2026-03-03' })), TODAY);
    expect(findings).toEqual([A]);
    expect(expired.map(({ id }) => id)).toEqual([A.id]);
    expect(warnings).toMatchObject([{ code: 'WAIVER_EXPIRED', incomplete: false }]);
  });

  it('does not stretch the waiver of an encrypted key to the same key in the clear', () => {
    const given = baseline(waiver({ severity: 'medium' }));
    expect(applyBaseline([{ ...A, severity: 'medium' }], given, TODAY).findings[0]?.waived).toBeDefined();
    expect(applyBaseline([{ ...A, severity: 'low' }], given, TODAY).findings[0]?.waived).toBeDefined();
    const { findings, warnings } = applyBaseline([A], given, TODAY);
    expect(findings[0]?.waived).toBeUndefined();
    expect(warnings).toMatchObject([{ code: 'WAIVER_EXCEEDED' }]);
  });

  it('tells which waivers met nothing', () => {
    expect(applyBaseline([B], baseline(waiver()), TODAY).unused.map(({ id }) => id)).toEqual([A.id]);
  });
});

describe('writeBaseline', () => {
  const scanned = report([
    input('one', { findings: [B, A] }),
    input('two', { findings: [{ ...B, locations: [location(7)] }] }),
  ]);
  const write = (previous?: Baseline) => parseBaseline(writeBaseline(scanned, previous, TODAY, 'accepted'));

  it('waives all findings of the report, each once, in the order of their ids', () => {
    const { waivers } = write();
    expect(waivers.map(({ id }) => id)).toEqual([A.id, B.id].sort());
    const { findings } = applyBaseline([A, B], { waivers }, TODAY);
    expect(findings.every(({ waived }) => waived?.reason === 'accepted')).toBe(true);
    expect(waivers.find(({ id }) => id === B.id)).toEqual({
      id: B.id,
      rule: 'pkcs8-private-key',
      key: B.key?.spkiSha256,
      severity: 'medium',
      reason: 'accepted',
      added: TODAY,
    });
  });

  it('does not depend on the order of inputs and findings', () => {
    const turned = report([
      input('two', { findings: [B] }),
      input('one', { findings: [A, { ...B, locations: [location(1)] }] }),
    ]);
    expect(writeBaseline(turned, undefined, TODAY, 'accepted')).toBe(
      writeBaseline(scanned, undefined, TODAY, 'accepted'),
    );
  });

  it('keeps reason, expiry and date of waivers that hold, also of those that were not met', () => {
    const kept = waiver({ expires: '2026-12-31', reason: 'old reason' });
    const unmet = waiver({ id: 'dsk1-0', reason: 'elsewhere' });
    const { waivers } = write(baseline(kept, unmet));
    expect(waivers[0]).toEqual(unmet);
    expect(waivers.find(({ id }) => id === A.id)).toEqual(kept);
  });

  it('renews waivers that no longer hold', () => {
    const { waivers } = write(baseline(waiver({ expires: '2026-01-31' })));
    expect(waivers.find(({ id }) => id === A.id)).toMatchObject({ reason: 'accepted', added: TODAY });
    const raised = write(baseline(waiver({ severity: 'low' }))).waivers.find(({ id }) => id === A.id);
    expect(raised).toMatchObject({ reason: 'accepted', severity: 'critical' });
  });

  it('records the worst severity in which a secret was met', () => {
    const inputs = [input('a', { findings: [{ ...A, severity: 'medium' }] }), input('b', { findings: [A] })];
    for (const both of [inputs, inputs.toReversed()]) {
      const { waivers } = parseBaseline(writeBaseline(report(both), undefined, TODAY, 'accepted'));
      expect(waivers[0]?.severity).toBe('critical');
    }
  });

  it('refuses to waive without a reason', () => {
    expect(() => writeBaseline(scanned, undefined, TODAY, ' ')).toThrow(DumpsieveError);
  });
});
