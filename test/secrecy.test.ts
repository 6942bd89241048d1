import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encode, encodingsOf } from '../src/detect/credentials/check.js';
import { makeExample } from '../src/detect/credentials/examples.js';
import { scan } from '../src/engine.js';
import { writeBaseline } from '../src/findings/baseline.js';
import { FORMATS } from '../src/report/formats.js';
import { render } from '../src/report/render.js';
import { readShippedRules } from '../src/rules.js';
import { specimens } from '../src/selftest/specimens.js';
import type { ScanReport } from '../src/types.js';
import { withFile } from './support/files.js';
import { unpackSamples } from './support/samples.js';

/** A run of this many characters in common is no accident. */
const RUN = 12;

let outputs: ReadonlyArray<readonly [string, ReadonlySet<string>]>;
let unpacked: ReturnType<typeof unpackSamples>;
let report: ScanReport;

function windowsOf(text: string): Set<string> {
  const windows = new Set<string>();
  for (let at = 0; at + RUN <= text.length; at++) windows.add(text.slice(at, at + RUN));
  return windows;
}

function outputsOf(of: ScanReport): Array<readonly [string, ReadonlySet<string>]> {
  const texts = FORMATS.flatMap((format) =>
    [false, true].map((color) => [`${format}${color ? ' in colour' : ''}`, render(format, of, { color, width: 80 })]),
  );
  texts.push(['baseline', writeBaseline(of, undefined, '2026-01-01', 'test')]);
  return texts.map(([name, text]) => [name as string, windowsOf(text as string)] as const);
}

/** The secret's bytes as they stand and as a careless program would print them. */
function spellings(bytes: Buffer): string[] {
  const text = bytes.toString('latin1');
  const decoded = (text.replaceAll('\0', '').match(/[A-Za-z0-9+/_-]{24,}={0,2}/g) ?? []).map((run) =>
    Buffer.from(run, 'base64'),
  );
  return [bytes, ...decoded].flatMap((raw) => {
    const hex = raw.toString('hex');
    return [
      raw.toString('latin1'),
      hex,
      hex.toUpperCase(),
      [0, 1, 2].map((skip) => raw.subarray(skip).toString('base64')).join('\n'),
      [0, 1, 2].map((skip) => raw.subarray(skip).toString('base64url')).join('\n'),
      [...raw].join(','),
    ];
  });
}

/** What a structure may share with a report without leaking: names of rules, parts, certificate subjects, Kerberos principals. */
function publicRuns(of: ScanReport): Set<string> {
  const texts = of.inputs.flatMap(({ findings }) =>
    findings.flatMap(({ title, key, evidence, locations }) => [
      `${title}\n`,
      ...evidence.filter((line) => /^(?:principal|client|ticket for) /.test(line)),
      title.toLowerCase(),
      ...locations.map(({ part }) => part),
      ...(key?.certificates ?? []).flatMap(({ subject, serial }) => [
        subject,
        Buffer.from(subject).toString('hex'),
        serial,
      ]),
    ]),
  );
  return new Set(texts.flatMap((text) => [...windowsOf(text)]));
}

/** Names the output that shares a run with the secret; says where, never what. */
function leaks(secret: Buffer, into: typeof outputs, allowed: ReadonlySet<string>): string[] {
  return into.flatMap(([name, windows]) =>
    spellings(secret).flatMap((spelling) => {
      for (let at = 0; at + RUN <= spelling.length; at++) {
        const run = spelling.slice(at, at + RUN);
        // Runs of one or two characters (padding, separators) say nothing.
        if (new Set(run).size > 3 && windows.has(run) && !allowed.has(run))
          return [`${name}, at ${at} of ${spelling.length}`];
      }
      return [];
    }),
  );
}

/** Without the name that it is assigned to. */
function assignedValue(text: string): string {
  return text.slice(text.search(/[=:]/) + 1);
}

beforeAll(async () => {
  unpacked = unpackSamples();
  report = await scan({ targets: unpacked.samples.map((sample) => sample.path), picture: true });
  outputs = outputsOf(report);
}, 120_000);

afterAll(() => unpacked.dispose());

describe('secrets', () => {
  it('are there to be leaked: the samples have findings', () => {
    expect(report.summary.findings).toBeGreaterThan(3);
  });

  it('appear in no output of any format, over all samples', () => {
    const found = report.inputs.flatMap((input, index) =>
      input.findings.flatMap((finding) =>
        finding.locations.flatMap(({ offset, length, part }) =>
          leaks(
            unpacked.samples[index]?.bytes.subarray(offset, offset + length) as Buffer,
            outputs,
            publicRuns(report),
          ).map((leak) => `${unpacked.samples[index]?.file}: ${part} in ${leak}`),
        ),
      ),
    );
    expect(found).toEqual([]);
  }, 120_000);

  it('appear in no output for any credential of any rule, in any encoding', async () => {
    const rules = await readShippedRules();
    const texts = rules.map(({ rule, positive }) => ({ rule, text: makeExample(positive[0] ?? '', rule.id) }));
    const planted = texts.flatMap(({ rule, text }) =>
      encodingsOf(rule).flatMap((encoding) => [encode(text, encoding), Buffer.alloc(8)]),
    );
    const one = await withFile(Buffer.concat([Buffer.alloc(8), ...planted]), (file) =>
      scan({ targets: [file], jobs: 1, picture: true }),
    );
    expect(one.inputs[0]?.findings.length).toBeGreaterThan(300);
    const outputs = outputsOf(one);
    // What a rule's title, a name and the facts told of a token have in common with it.
    const told = one.inputs.flatMap(({ findings }) => findings.flatMap(({ evidence, rule }) => [...evidence, rule]));
    const allowed = new Set([...publicRuns(one), ...windowsOf(told.join('","'))]);
    const found = texts.flatMap(({ rule, text }) =>
      leaks(Buffer.from(rule.kind === 'assigned' ? assignedValue(text) : text, 'latin1'), outputs, allowed).map(
        (leak) => `${rule.id} in ${leak}`,
      ),
    );
    expect(found).toEqual([]);
  }, 120_000);

  it('appear in no output for any specimen of any rule', async () => {
    const found: string[] = [];
    for (const { rule, bytes } of specimens()) {
      // At an aligned place, where numbers are looked for.
      const planted = Buffer.concat([Buffer.alloc(96, 1), bytes, Buffer.alloc(100, 2)]);
      const one = await withFile(planted, (file) => scan({ targets: [file], jobs: 1, picture: true }));
      expect(one.inputs[0]?.findings.length, rule).toBeGreaterThan(0);
      found.push(...leaks(Buffer.from(bytes), outputsOf(one), publicRuns(one)).map((leak) => `${rule} in ${leak}`));
    }
    expect(found).toEqual([]);
  }, 120_000);
});
