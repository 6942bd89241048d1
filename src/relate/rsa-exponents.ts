/**
 * Private exponents of known moduli in the stored runs: the only number of a key that some programs keep, and the one that
 * finds keys with primes of different lengths or more than two of them.
 */
import type { RsaPrivateKey } from '../types.js';
import {
  type ExponentTest,
  exponentTest,
  type KnownModulus,
  keyByExponent,
  mayBeUsualExponent,
  topOf,
} from './exponent-test.js';
import { describeOrderIn, ordersIn } from './limbs.js';
import { type ByteOrder, type NumberEntry, ORDER } from './number-store.js';
import type { NumberPlace } from './rsa-parts.js';
import { lengthOf } from './scalars.js';

/** By how much longer a run may be where the number may begin at any byte, and where at aligned places. */
const MAX_ODD_SLACK = 16;
const MAX_SLACK = 64;

export interface ExponentResult {
  readonly keys: ReadonlyArray<{ readonly key: RsaPrivateKey & { readonly n: bigint }; readonly place: NumberPlace }>;
  /** Whether the bounds let all runs of an exponent's length be looked at, and every byte of all longer ones. */
  readonly whole: boolean;
  readonly everywhere: boolean;
}

/** The tests of one size of number, by the orders that it may stand in. */
interface Group {
  readonly size: number;
  readonly orders: readonly ByteOrder[];
  readonly tests: readonly ExponentTest[];
}

/** `exact`, `anywhere`: how many tests of a place with a modulus there may be. */
export function findExponents(
  memory: readonly NumberEntry[],
  known: readonly KnownModulus[],
  exact: number,
  anywhere: number,
): ExponentResult {
  const keys: Array<ExponentResult['keys'][number]> = [];
  const groups = groupsOf(known);
  /** Every `step`th byte of an entry; false where the bound cuts. */
  const search = (entry: NumberEntry, { size, orders, tests }: Group, step: number, budget: { left: number }) => {
    const { bytes, lead, offset } = entry;
    const allowed = ordersIn(entry, orders);
    for (let at = lead % step; at + size <= bytes.length; at += step) {
      for (const order of orders) {
        if (!allowed.includes(order) || (order === ORDER.words && (at - lead) % 4 !== 0)) continue;
        const lowest = bytes[order === ORDER.little ? at : at + size - (order === ORDER.big ? 1 : 4)] as number;
        if (lowest % 2 === 0) continue;
        budget.left -= tests.length;
        if (budget.left < 0) return false;
        const top = topOf(bytes, at, size, order);
        for (const test of tests) {
          if (!mayBeUsualExponent(test, top)) continue;
          const key = keyByExponent(test, bytes, at, size, order);
          if (key === undefined) continue;
          const name = `RSA d, ${describeOrderIn(entry, order)}`;
          keys.push({ key: { ...key, n: test.n }, place: { name, offset: offset + at - lead, length: size } });
        }
      }
    }
    return true;
  };
  const [first, second] = [{ left: exact }, { left: anywhere }];
  const pairs = groups.flatMap((group) => memory.map((entry) => [entry, group, lengthOf(entry) - group.size] as const));
  const whole = pairs.every(
    ([entry, group, slack]) =>
      slack < -MAX_ODD_SLACK || slack > MAX_SLACK || search(entry, group, slack > MAX_ODD_SLACK ? 8 : 1, first),
  );
  const everywhere = pairs.every(([entry, group, slack]) => slack <= MAX_ODD_SLACK || search(entry, group, 1, second));
  return { keys, whole, everywhere };
}

function groupsOf(known: readonly KnownModulus[]): Group[] {
  const bySize = new Map<number, KnownModulus[]>();
  for (const modulus of known) {
    const size = Math.ceil(modulus.n.toString(16).length / 2);
    bySize.set(size, [...(bySize.get(size) ?? []), modulus]);
  }
  return [...bySize].flatMap(([size, moduli]) => [
    groupOf(size, size % 4 === 0 ? [ORDER.little, ORDER.big, ORDER.words] : [ORDER.little, ORDER.big], moduli),
    // One key in 256 has an exponent that is a byte shorter; limbs have a zero in its place.
    groupOf(size - 1, [ORDER.big], moduli),
  ]);
}

function groupOf(size: number, orders: readonly ByteOrder[], moduli: readonly KnownModulus[]): Group {
  return { size, orders, tests: moduli.flatMap((modulus) => exponentTest(modulus, size) ?? []) };
}
