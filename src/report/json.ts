/** The JSON report: the contract `dumpsieve.report/1`. */
import type { ScanReport } from '../types.js';

export function renderJson(report: ScanReport): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
