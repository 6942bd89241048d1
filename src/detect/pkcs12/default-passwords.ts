/** Passwords that everybody tries first: a keystore under one of them is as good as open. */

export const DEFAULT_PASSWORDS: readonly string[] = [
  '',
  'changeit',
  'changeme',
  'password',
  '123456',
  'secret',
  'notasecret',
  'pass',
  'test',
];

/** Rounds of a key derivation up to which passwords are tried, so that no keystore takes noticeable time. */
export const MAX_TRIED_ITERATIONS = 20_000;

export const OPENED_NOTE = 'opens with a well-known default password';

/** The note on a keystore whose key derivation is too costly for trying. */
export function untriedNote(iterations: number): string {
  return `default passwords not tried: ${iterations} iterations`;
}
