/** Whole structures around a hit: the header that fits, and the parser's result reported. */
import { BoundsError, FormatError } from '../../errors.js';
import type { ParsedSecret } from '../../types.js';
import type { Hit, Sink } from '../detector.js';
import type { RuleId } from '../rules.js';
import { headersBefore } from './header.js';

/** What `run` returns, or undefined where the bytes are not what it expects. */
export function ifWellFormed<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof FormatError || error instanceof BoundsError) return undefined;
    throw error;
  }
}

/**
 * Reports the structure whose first field is at the hit, if one of the headers that may stand before it leads to a
 * whole one. Says whether it did.
 */
export function reportWhole(
  { bytes, at }: Hit,
  sink: Sink,
  rule: RuleId,
  parse: (bytes: Uint8Array) => ParsedSecret,
): boolean {
  for (const start of headersBefore(bytes, at)) {
    const secret = ifWellFormed(() => parse(bytes.subarray(start)));
    if (secret === undefined) continue;
    sink.secret(rule, start, start + secret.length, secret);
    return true;
  }
  return false;
}

/** Reports a key of which only a part was read: `[from, to)` of `bytes`. */
export function reportPart(
  sink: Sink,
  rule: RuleId,
  form: string,
  [from, to]: readonly [number, number],
  key: Extract<ParsedSecret, { kind: 'private-key' }>['key'],
): void {
  sink.secret(rule, from, to, { kind: 'private-key', form, length: to - from, key, whole: false });
}
