/**
 * `hunt`: are these keys in these dumps? The scan, with the known public keys looked for at every byte, and an answer for
 * each key. Other keys that lie in the dumps do not change the verdict.
 */
import { type ScanOptions, scan } from './engine.js';
import { summarise, verdictOf } from './findings/verdict.js';
import type { KnownKey } from './relate/known-files.js';
import type { Finding, InputReport, ScanReport } from './types.js';

/** One known key, and where it is. */
export interface Wanted {
  readonly name: string;
  readonly spkiSha256: string;
  /** Absent where only a hash was given: the key is then named when its structure is found, and not searched for. */
  readonly searched: boolean;
  readonly places: ReadonlyArray<{ readonly path: string; readonly finding: Finding }>;
}

export interface HuntReport {
  /** The scan's report with the findings of the wanted keys alone; verdicts and summary are of these. */
  readonly report: ScanReport;
  readonly wanted: readonly Wanted[];
}

export async function hunt(options: ScanOptions & { readonly known: readonly KnownKey[] }): Promise<HuntReport> {
  const found = await scan({ ...options, hunt: true, failOn: 'low' });
  const hashes = new Set(options.known.map(({ spkiSha256 }) => spkiSha256));
  const inputs = found.inputs.map((input) => only(input, hashes));
  const report = { ...found, inputs, summary: summarise(inputs, found.summary.seconds) };
  const wanted = options.known.map(({ name, spkiSha256, spki }) => ({
    name,
    spkiSha256,
    searched: spki !== undefined,
    places: inputs.flatMap(({ path, findings }) =>
      findings.filter(({ key }) => key?.spkiSha256 === spkiSha256).map((finding) => ({ path, finding })),
    ),
  }));
  return { report, wanted };
}

function only(input: InputReport, hashes: ReadonlySet<string>): InputReport {
  const findings = input.findings.filter(({ key }) => hashes.has(key?.spkiSha256 ?? ''));
  if (input.verdict === 'error') return { ...input, findings };
  // A wanted key counts whatever its severity: that it is there is the question.
  return { ...input, findings, verdict: verdictOf(findings, input.coverage, input.warnings, 'low') };
}
