/**
 * The public API.
 *
 * ```ts
 * import { scan } from 'dumpsieve';
 * const report = await scan({ targets: ['core.1234'] });
 * if (report.inputs.some((input) => input.verdict !== 'clean')) throw new Error('must not leave');
 * ```
 */
export type { RuleSource } from './detect/credentials/rule.js';
export { type CredentialChoice, type ScanOptions, type ScanProgress, scan } from './engine.js';
export { DumpsieveError, type ErrorCode } from './errors.js';
export { type Baseline, parseBaseline, writeBaseline } from './findings/baseline.js';
export { type HuntReport, hunt, type Wanted } from './hunt.js';
export { type KnownKey, parseKnownFile } from './relate/known-files.js';
export { FORMATS, type ReportFormat } from './report/formats.js';
export { REPORT_SCHEMA } from './report/json-schema.js';
export { type RenderOptions, render } from './report/render.js';
export { readRules, readShippedRules } from './rules.js';
export type {
  CertificateName,
  Confidence,
  Coverage,
  Crash,
  Finding,
  InputReport,
  KeyIdentity,
  Location,
  ScanReport,
  Severity,
  Skipped,
  Span,
  Verdict,
  Warning,
} from './types.js';
export { VERSION } from './version.js';
