/** What a run amounts to, and what to do now: the same words in every format for people. */
import { isKeyRule } from '../detect/rules.js';
import type { Finding, InputReport, ScanReport, Verdict } from '../types.js';
import { plural } from './units.js';

export const ROTATE =
  'Rotate every key listed: make a new one, revoke the certificates of the old one, and remove it wherever it is ' +
  'trusted. To delete the dump is not enough: whoever could read it may hold the key.';
const REVOKE =
  'Revoke every credential listed where it was issued; `dumpsieve rules show`, with the name of its rule, says in which ' +
  'order. To delete the dump is not enough.';
const HOLD = 'Until then, keep these dumps where they are.';
const NOT_CLEAN =
  'What was not scanned may hold keys. Do not take an incomplete result for a clean one: unpack or repair the dump, ' +
  'and scan it again.';
const UNREAD = 'See to it that the inputs with errors can be read, and scan them again.';

export function conclusionOf({ summary, inputs, tool }: ScanReport): {
  readonly verdict: Verdict;
  readonly text: string;
} {
  if (summary.findings > 0) return { verdict: 'findings', text: `${countSecrets(inputs)} found` };
  if (summary.errors > 0) return { verdict: 'error', text: 'not all inputs could be read' };
  if (summary.incomplete > 0) return { verdict: 'incomplete', text: 'nothing found, but not everything was scanned' };
  const listed = inputs.some(({ findings }) => findings.length > 0);
  const word = listed ? 'nothing that counts was found' : 'clean';
  return { verdict: 'clean', text: `${word}, every byte was scanned for ${soughtBy(tool.ruleset)}` };
}

export function adviceOn({ summary, inputs }: ScanReport): string[] {
  const unscanned = inputs.some(({ verdict, coverage }) => verdict === 'incomplete' || coverage.skipped.length > 0);
  const { keys, credentials } = secretsOf(inputs);
  return [
    ...(summary.findings > 0 ? [...(keys > 0 ? [ROTATE] : []), ...(credentials > 0 ? [REVOKE] : []), HOLD] : []),
    ...(summary.errors > 0 ? [UNREAD] : []),
    ...(unscanned ? [NOT_CLEAN] : []),
  ];
}

/** How inputs with findings are called in a tally. */
export function withFindings(inputs: readonly InputReport[]): string {
  return secretsOf(inputs).credentials > 0 ? 'with keys or credentials' : 'with keys';
}

function soughtBy(ruleset: string): string {
  return ruleset.includes('+') ? 'private keys and credentials' : 'private keys';
}

/** `2 keys and 1 credential`. */
function countSecrets(inputs: readonly InputReport[]): string {
  const { keys, credentials } = secretsOf(inputs);
  const parts = [...(keys > 0 || credentials === 0 ? [plural(keys, 'key')] : [])];
  if (credentials > 0) parts.push(plural(credentials, 'credential'));
  return parts.join(' and ');
}

/** Different secrets over all inputs. Published test keys, and what is merely low, only where there is nothing else. */
function secretsOf(inputs: readonly InputReport[]): { keys: number; credentials: number } {
  const found = inputs.flatMap(({ findings }) => findings).filter(({ waived }) => waived === undefined);
  const secret = found.filter(
    ({ key, rule, severity }) => key?.known === undefined && (isKeyRule(rule) || severity !== 'low'),
  );
  const counted = secret.length > 0 ? secret : found;
  const count = (of: readonly Finding[]) => new Set(of.map(({ id }) => id)).size;
  return {
    keys: count(counted.filter(({ rule }) => isKeyRule(rule))),
    credentials: count(counted.filter(({ rule }) => !isKeyRule(rule))),
  };
}
