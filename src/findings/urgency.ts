/** Which inputs a reader must see first. */
import type { InputReport } from '../types.js';
import { severityRank } from './merge.js';

/** Nothing to say but that it is clean. */
export function isQuiet({ verdict, findings, warnings }: InputReport): boolean {
  return verdict === 'clean' && findings.length === 0 && warnings.length === 0;
}

/** There is something to show: not every byte was read, or a finding, be it one that does not count. */
export function hasDetail({ verdict, findings }: InputReport): boolean {
  return verdict !== 'clean' || findings.length > 0;
}

/** 0 for critical findings to 3 for low ones, 4 for what could not be read, 5 for incomplete, 6 for the rest. */
export function urgencyOf({ verdict, findings }: InputReport): number {
  if (verdict === 'error') return 4;
  if (verdict === 'incomplete') return 5;
  if (verdict === 'clean') return 6;
  const active = findings.filter(({ waived }) => waived === undefined);
  return Math.min(3, ...active.map(({ severity }) => severityRank(severity)));
}
