/**
 * What a pattern can cost, and what it can match, told from its text alone. V8 tries alternatives one after the other; their
 * number is the product of the places where the pattern leaves a choice, and a rule may have few.
 *
 * A repetition leaves none where what follows cannot begin with a character of its own: `[a-z]+=` has one way to match,
 * `[a-z]+[a-z0-9]{4}` as many as the text has letters. Repetitions of repetitions multiply without end: `(a+)+`.
 */
import { type CharSet, type Node, PatternError } from './pattern.js';

/** No match is longer; repetitions without an end are cut here. */
export const LONGEST_MATCH = 4096;
/** Ways in which a pattern may be tried at one place, at most. Each takes at most LONGEST_MATCH steps. */
export const MAX_WAYS = 1024;

export interface PatternFacts {
  readonly length: readonly [min: number, max: number];
  /** All characters that a match may have. */
  readonly alphabet: CharSet;
  /** Upper bound of the ways to try. */
  readonly ways: number;
}

/** Throws PatternError for a pattern that may take too long. */
export function measurePattern(node: Node): PatternFacts {
  const ways = waysOf(node, NOTHING);
  if (!(ways <= MAX_WAYS)) {
    throw new PatternError(`may be tried in ${Number.isFinite(ways) ? ways : 'countless'} ways, ${MAX_WAYS} at most`);
  }
  const [min, max] = lengthOf(node);
  return { length: [min, Math.min(max, LONGEST_MATCH)], alphabet: alphabetOf(node), ways };
}

export function lengthOf(node: Node): readonly [min: number, max: number] {
  switch (node.kind) {
    case 'set':
      return [1, 1];
    case 'assertion':
      return [0, 0];
    case 'sequence': {
      const lengths = node.items.map(lengthOf);
      return [lengths.reduce((sum, [min]) => sum + min, 0), lengths.reduce((sum, [, max]) => sum + max, 0)];
    }
    case 'either': {
      const lengths = node.items.map(lengthOf);
      return [Math.min(...lengths.map(([min]) => min)), Math.max(...lengths.map(([, max]) => max))];
    }
    case 'repeat': {
      const [min, max] = lengthOf(node.item);
      return [min * node.min, max === 0 ? 0 : max * node.max];
    }
  }
}

function alphabetOf(node: Node): CharSet {
  if (node.kind === 'set') return node.set;
  if (node.kind === 'assertion') return new Uint8Array(128);
  return union(node.kind === 'repeat' ? [alphabetOf(node.item)] : node.items.map(alphabetOf));
}

function union(sets: readonly CharSet[]): CharSet {
  const all = new Uint8Array(128);
  for (const set of sets) for (let code = 0; code < 128; code++) if (set[code]) all[code] = 1;
  return all;
}

/** Behind the end of the pattern nothing can fail, so that no choice is ever taken back. */
const NOTHING: CharSet = new Uint8Array(128);

/** With what a match may begin; undefined when it may be empty, or an assertion looks ahead. */
type First = CharSet | undefined;

function firstOf(node: Node, after: First): First {
  switch (node.kind) {
    case 'set':
      return node.set;
    case 'assertion':
      return undefined;
    case 'sequence':
      return node.items.reduceRight<First>((next, item) => firstOf(item, next), after);
    case 'either': {
      const firsts = node.items.map((item) => firstOf(item, after));
      return firsts.some((first) => first === undefined) ? undefined : union(firsts as CharSet[]);
    }
    case 'repeat': {
      const first = firstOf(node.item, undefined);
      if (first === undefined || node.min > 0) return first;
      return after && union([first, after]);
    }
  }
}

/** `after`: with what it goes on behind the node; undefined for what cannot be told. */
function waysOf(node: Node, after: First): number {
  switch (node.kind) {
    case 'set':
    case 'assertion':
      return 1;
    case 'sequence': {
      let ways = 1;
      let next = after;
      for (const item of [...node.items].reverse()) {
        ways *= waysOf(item, next);
        next = firstOf(item, next);
      }
      return ways;
    }
    case 'either': {
      const firsts = node.items.map((item) => firstOf(item, undefined));
      const each = node.items.map((item) => waysOf(item, after));
      // Where the first character decides, only one of them goes on.
      return areDisjoint(firsts) ? Math.max(...each) : each.reduce((sum, ways) => sum + ways, 0);
    }
    case 'repeat':
      return waysOfRepeat(node.item, node.min, node.max, after);
  }
}

function waysOfRepeat(item: Node, min: number, max: number, after: First): number {
  const first = firstOf(item, undefined);
  const inner = waysOf(item, first);
  const [shortest, longest] = lengthOf(item);
  if (shortest === 0 && max > 1) throw new PatternError('a repetition of what may be empty');
  const rounds = Math.min(max, LONGEST_MATCH / Math.max(1, shortest));
  const choices = shortest === longest || areDisjoint([first, after]) ? 1 : 2;
  const inside = inner * choices === 1 ? 1 : (inner * (max > 1 ? choices : 1)) ** rounds;
  if (min === max || areDisjoint([first, after])) return inside;
  return inside * (rounds - min + 1);
}

function areDisjoint(sets: readonly First[]): boolean {
  const seen = new Uint8Array(128);
  for (const set of sets) {
    if (set === undefined) return false;
    for (let code = 0; code < 128; code++) {
      if (!set[code]) continue;
      if (seen[code]) return false;
      seen[code] = 1;
    }
  }
  return true;
}
