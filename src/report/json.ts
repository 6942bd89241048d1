/**
 * The JSON report, `dumpsieve.report/1`. Field names are a contract; json-schema.ts describes it. Each field is copied
 * by name, so that nothing that an inner stage might hang on its objects can leave with them.
 */
import type { CertificateName, Finding, InputReport, KeyIdentity, Location, ScanReport } from '../types.js';
import { safeJson } from './sanitize.js';

export function renderJson(report: ScanReport): string {
  const { schema, tool, startedAt, finishedAt, selfTest, inputs, summary } = report;
  return safeJson({
    schema,
    tool: { name: tool.name, version: tool.version, ruleset: tool.ruleset },
    startedAt,
    finishedAt,
    selfTest: { planted: selfTest.planted, found: selfTest.found },
    inputs: inputs.map(inputOf),
    summary: {
      inputs: summary.inputs,
      clean: summary.clean,
      findings: summary.findings,
      incomplete: summary.incomplete,
      errors: summary.errors,
      bytes: summary.bytes,
      seconds: summary.seconds,
    },
  });
}

function inputOf({ path, file, size, format, wrappers, crash, verdict, coverage, findings, warnings }: InputReport) {
  return {
    path,
    file,
    size,
    format,
    wrappers: [...wrappers],
    crash: crash && { tool: crash.tool, program: crash.program, pid: crash.pid, signal: crash.signal },
    verdict,
    coverage: {
      bytes: coverage.bytes,
      scanned: coverage.scanned,
      holes: coverage.holes,
      skipped: coverage.skipped.map(({ offset, length, reason }) => ({ offset, length, reason })),
    },
    findings: findings.map(findingOf),
    warnings: warnings.map(({ code, message, incomplete }) => ({ code, message, incomplete })),
  };
}

function findingOf(finding: Finding) {
  const { id, rule, title, severity, confidence, key, evidence, locations, moreLocations, waived } = finding;
  return {
    id,
    rule,
    title,
    severity,
    confidence,
    key: key && keyOf(key),
    evidence: [...evidence],
    locations: locations.map(locationOf),
    moreLocations,
    waived: waived && { reason: waived.reason, expires: waived.expires },
  };
}

/** The public names of a key, as both JSON and SARIF carry them. */
export function keyOf(key: KeyIdentity) {
  const { algorithm, bits, curve, spkiSha256, jwkThumbprint, sshFingerprint, certificates, known } = key;
  const named = certificates?.map(certificateOf);
  return { algorithm, bits, curve, spkiSha256, jwkThumbprint, sshFingerprint, certificates: named, known };
}

function certificateOf({ subject, serial, notBefore, notAfter, sha256 }: CertificateName) {
  return { subject, serial, notBefore, notAfter, sha256 };
}

function locationOf(location: Location) {
  const { part, offset, length, address, physical, region, module, thread, process, object, container, also } =
    location;
  const others = also?.map((other) => ({
    address: other.address,
    physical: other.physical,
    region: other.region,
    module: other.module,
    thread: other.thread,
    process: other.process,
  }));
  return { part, offset, length, address, physical, region, module, thread, process, object, container, also: others };
}
