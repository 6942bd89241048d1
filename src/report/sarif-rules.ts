/** Rules of a SARIF run (SARIF 2.1.0 section 3.49), as GitHub code scanning shows them. */
import { isKeyRule, RULES } from '../detect/rules.js';
import type { Finding, Severity } from '../types.js';
import { sanitize } from './sanitize.js';

/** How results are shown and failed on. */
export const LEVELS = { critical: 'error', high: 'error', medium: 'warning', low: 'note' } as const;
/** CVSS-like numbers; GitHub calls over 9.0 critical, from 7.0 high, from 4.0 medium, and below low. */
export const SECURITY_SEVERITY = { critical: '9.5', high: '8.0', medium: '5.0', low: '2.0' } as const;

const WHAT_TO_DO =
  'Rotate the key: make a new one, revoke the certificates of the old one, and remove it wherever it is trusted. To ' +
  'delete the dump is not enough: whoever could read it may hold the key.';
const REVOKE =
  'Revoke the credential where it was issued, then replace it: `dumpsieve rules show` says in which order. To delete the ' +
  'dump is not enough: whoever could read it may hold the credential.';
const HOW_MUCH: Readonly<Record<Severity, string>> = {
  critical: 'The key can be used by whoever reads the dump.',
  high: 'The key is protected weakly, or in part; whoever reads the dump may come to use it.',
  medium: 'The key is encrypted: whoever reads the dump needs the passphrase, too, and has all the time to guess it.',
  low: 'The key is a published test key, or of no use by itself. It is reported so that nothing is passed over.',
};
const HOW_MUCH_OF_CREDENTIAL: Readonly<Record<Severity, string>> = {
  critical: 'The credential opens much to whoever reads the dump.',
  high: 'The credential can be used by whoever reads the dump.',
  medium: 'The credential opens little, for a short time, or is told by its surroundings alone.',
  low: 'The value has the name of a secret, or opens next to nothing.',
};

export interface RuleDescriptor {
  readonly id: string;
  readonly [property: string]: unknown;
}

/** The rules of a run: all that there are, so that a dashboard knows what was looked for, and those of `findings`. */
export class RuleTable {
  readonly descriptors: RuleDescriptor[] = [];
  readonly #indexes = new Map<string, number>();

  constructor() {
    for (const [rule, { title, severity }] of Object.entries(RULES)) this.#add(rule, title, severity);
  }

  /**
   * Id and index of the finding's rule. GitHub takes the severity of an alert from its rule: a finding of a severity
   * that is not its rule's own (an encrypted key, a published test key) therefore has a rule `<rule>/<severity>`.
   */
  of({ rule, title, severity }: Finding): { ruleId: string; ruleIndex: number } {
    const own: { severity: Severity } | undefined = Object.hasOwn(RULES, rule)
      ? RULES[rule as keyof typeof RULES]
      : undefined;
    const ruleId = own === undefined || own.severity === severity ? rule : `${rule}/${severity}`;
    const ruleIndex = this.#indexes.get(ruleId) ?? this.#add(ruleId, title, severity);
    return { ruleId, ruleIndex };
  }

  #add(id: string, title: string, severity: Severity): number {
    const text = sanitize(title);
    const isKey = isKeyRule(id.split('/')[0] ?? '');
    const howMuch = (isKey ? HOW_MUCH : HOW_MUCH_OF_CREDENTIAL)[severity];
    const whatToDo = isKey ? WHAT_TO_DO : REVOKE;
    this.#indexes.set(id, this.descriptors.length);
    return (
      this.descriptors.push({
        id,
        name: pascalCase(id),
        shortDescription: { text },
        fullDescription: { text: `${text} in a memory or crash dump. ${howMuch}` },
        help: { text: `${howMuch} ${whatToDo}`, markdown: `${howMuch}\n\n**${whatToDo}**` },
        defaultConfiguration: { level: LEVELS[severity] },
        properties: {
          tags: ['security', 'secret'],
          precision: isKey ? 'very-high' : 'high',
          'security-severity': SECURITY_SEVERITY[severity],
        },
      }) - 1
    );
  }
}

/** `pem-private-key/low` as `PemPrivateKeyLow`: section 3.49.7 wants an identifier. */
function pascalCase(id: string): string {
  return id.replace(/(?:^|[^a-z0-9]+)([a-z0-9]?)/gi, (_match, letter: string) => letter.toUpperCase());
}
