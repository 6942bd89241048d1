/** What a report says of a dump, whatever it came out of. */
import type { InputReport } from '../../src/types.js';

export function essence({ format, size, coverage, findings, warnings }: InputReport) {
  return {
    format,
    size,
    coverage,
    warnings,
    findings: findings.map(({ id, confidence, locations }) => ({
      id,
      confidence,
      locations: locations.map(({ container: _, ...location }) => location),
    })),
  };
}
