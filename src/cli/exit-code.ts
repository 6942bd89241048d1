/** The exit codes, a contract with scripts and gates. No option of output changes them. */
import { DumpsieveError } from '../errors.js';
import type { ScanReport } from '../types.js';

export const EXIT = {
  /** Everything was scanned, nothing was found. */
  clean: 0,
  findings: 1,
  /** Wrong usage, an input that cannot be read, or a failure of the program itself. */
  error: 2,
  /** Nothing found in what was scanned, and not all could be scanned. */
  incomplete: 3,
  /** Ended by Ctrl-C: 128 + SIGINT, as shells expect. */
  interrupted: 130,
} as const;

export function exitCodeOf({ summary }: ScanReport): number {
  if (summary.findings > 0) return EXIT.findings;
  if (summary.errors > 0) return EXIT.error;
  return summary.incomplete > 0 ? EXIT.incomplete : EXIT.clean;
}

export function exitCodeOfError(error: unknown): number {
  return error instanceof DumpsieveError && error.code === 'INTERRUPTED' ? EXIT.interrupted : EXIT.error;
}
