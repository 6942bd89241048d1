/**
 * `hunt`: are these keys in these dumps? The scan, with the known public keys looked for at every byte, and an answer for
 * each key. Other keys that lie in the dumps do not change the verdict.
 */
import { type ScanOptions, scan } from './engine.js';
import { summarise, verdictOf, withMembers } from './findings/verdict.js';
import { publicKeyOfSpki } from './relate/known.js';
import type { KnownKey } from './relate/known-files.js';
import type { Finding, InputReport, ScanReport } from './types.js';

/**
 * How a key was looked for besides its encodings: an RSA key at every byte; scalars and seeds at
 * every byte of short runs of random bytes; as a
 * number not at all, for algorithms without a relation; by name alone where only a hash was given.
 */
export type Searched = 'every byte' | 'short runs' | 'encodings' | 'name';

function searchedFor(spki: Uint8Array | undefined): Searched {
  if (spki === undefined) return 'name';
  const key = publicKeyOfSpki(spki);
  if (key === undefined) return 'encodings';
  if (key.type === 'pq' && key.algorithm.startsWith('SLH')) return 'encodings';
  return key.type === 'rsa' ? 'every byte' : 'short runs';
}

/** One known key, and where it is. */
export interface Wanted {
  readonly name: string;
  readonly spkiSha256: string;
  /** How far "not found" reaches. */
  readonly searched: Searched;
  readonly places: ReadonlyArray<{ readonly path: string; readonly finding: Finding }>;
}

export interface HuntReport {
  /** The scan's report with the findings of the wanted keys alone; verdicts and summary are of these. */
  readonly report: ScanReport;
  readonly wanted: readonly Wanted[];
}

export async function hunt(options: ScanOptions & { readonly known: readonly KnownKey[] }): Promise<HuntReport> {
  // Credentials are none of what is asked for, and their anchors would cost time.
  const found = await scan({ ...options, hunt: true, failOn: 'low', credentials: { shipped: false } });
  const hashes = new Set(options.known.map(({ spkiSha256 }) => spkiSha256));
  const inputs = withMembers(found.inputs.map((input) => only(input, hashes)));
  const report = { ...found, inputs, summary: summarise(inputs, found.summary.seconds) };
  const wanted = options.known.map(({ name, spkiSha256, spki }) => ({
    name,
    spkiSha256,
    searched: searchedFor(spki),
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
