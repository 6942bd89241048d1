/** What a run amounts to, and what to do now: the same words in every format for people. */
import type { InputReport, ScanReport, Verdict } from '../types.js';
import { plural } from './units.js';

const ROTATE =
  'Rotate every key listed: make a new one, revoke the certificates of the old one, and remove it wherever it is ' +
  'trusted. To delete the dump is not enough: whoever could read it may hold the key.';
const HOLD = 'Until then, keep these dumps where they are.';
const NOT_CLEAN =
  'What was not scanned may hold keys. Do not take an incomplete result for a clean one: unpack or repair the dump, ' +
  'and scan it again.';
const UNREAD = 'See to it that the inputs with errors can be read, and scan them again.';

export function conclusionOf({ summary, inputs }: ScanReport): { readonly verdict: Verdict; readonly text: string } {
  if (summary.findings > 0) return { verdict: 'findings', text: `${plural(countKeys(inputs), 'key')} found` };
  if (summary.errors > 0) return { verdict: 'error', text: 'not all inputs could be read' };
  if (summary.incomplete > 0) return { verdict: 'incomplete', text: 'nothing found, but not everything was scanned' };
  const listed = inputs.some(({ findings }) => findings.length > 0);
  const word = listed ? 'nothing that counts was found' : 'clean';
  return { verdict: 'clean', text: `${word}, every byte was scanned for private keys` };
}

export function adviceOn({ summary, inputs }: ScanReport): string[] {
  const unscanned = inputs.some(({ verdict, coverage }) => verdict === 'incomplete' || coverage.skipped.length > 0);
  return [
    ...(summary.findings > 0 ? [ROTATE, HOLD] : []),
    ...(summary.errors > 0 ? [UNREAD] : []),
    ...(unscanned ? [NOT_CLEAN] : []),
  ];
}

/** Different secrets over all inputs; published test keys only where there is nothing else. */
function countKeys(inputs: readonly InputReport[]): number {
  const found = inputs.flatMap(({ findings }) => findings).filter(({ waived }) => waived === undefined);
  const secret = found.filter(({ key }) => key?.known === undefined);
  return new Set((secret.length > 0 ? secret : found).map(({ id }) => id)).size;
}
