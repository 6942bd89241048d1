/** Specimens of the rules of credentials: those of the shipped ones are made by the build, users' own from their examples. */
import { makeExample } from '../detect/credentials/examples.js';
import type { RuleSource } from '../detect/credentials/rule.js';
import { loadShippedRules } from '../detect/credentials/shipped.js';
import type { Specimen } from './specimens.js';

/** Blanks around each, as text has it. */
const MARGIN = ' ';

export function credentialSpecimens(shipped: boolean, more: readonly RuleSource[]): Specimen[] {
  const built = shipped ? loadShippedRules().specimens : [];
  return [
    ...built.map(([rule, base64]) => specimen(rule, Buffer.from(base64, 'base64').toString('latin1'))),
    ...more.flatMap(({ rule, positive }) =>
      positive.slice(0, 1).map((template) => specimen(rule.id, makeExample(template, rule.id))),
    ),
  ];
}

function specimen(rule: string, text: string): Specimen {
  return { rule, bytes: Uint8Array.from(Buffer.from(`${MARGIN}${text}${MARGIN}`, 'latin1')), exact: false };
}
