/** Clean only when complete: what each input, and the whole run, amounts to. */
import type { Coverage, Finding, InputReport, ScanReport, Severity, Verdict, Warning } from '../types.js';
import { severityRank } from './merge.js';

/** Findings below this severity are listed and do not decide: published test keys are `low`. */
export const DEFAULT_FAIL_ON: Severity = 'medium';

export function counts(finding: Finding, failOn: Severity): boolean {
  return finding.waived === undefined && severityRank(finding.severity) <= severityRank(failOn);
}

export function verdictOf(
  findings: readonly Finding[],
  coverage: Coverage,
  warnings: readonly Warning[],
  failOn: Severity,
): Verdict {
  if (findings.some((finding) => counts(finding, failOn))) return 'findings';
  if (coverage.skipped.length > 0 || warnings.some((warning) => warning.incomplete)) return 'incomplete';
  return 'clean';
}

/** From bad to good: a key that is there outweighs what could not be read. */
const VERDICTS: readonly Verdict[] = ['findings', 'error', 'incomplete', 'clean'];

/** An archive may not leave that has a member which may not: it takes the worst verdict of what is in it. */
export function withMembers(inputs: readonly InputReport[]): InputReport[] {
  const verdicts = new Map(inputs.map(({ path, verdict }) => [path, verdict]));
  for (const { path, file, verdict } of inputs) {
    if (file === undefined) continue;
    for (let end = path.lastIndexOf('!/'); end > 0; end = path.lastIndexOf('!/', end - 1)) {
      const archive = path.slice(0, end);
      const own = verdicts.get(archive);
      if (own !== undefined && VERDICTS.indexOf(verdict) < VERDICTS.indexOf(own)) verdicts.set(archive, verdict);
    }
  }
  return inputs.map((input) => ({ ...input, verdict: verdicts.get(input.path) ?? input.verdict }));
}

export function summarise(inputs: readonly InputReport[], seconds: number): ScanReport['summary'] {
  const of = (verdict: Verdict) => inputs.filter((input) => input.verdict === verdict).length;
  return {
    inputs: inputs.length,
    clean: of('clean'),
    findings: of('findings'),
    incomplete: of('incomplete'),
    errors: of('error'),
    bytes: inputs.reduce((sum, input) => sum + input.coverage.scanned, 0),
    seconds,
  };
}
