/**
 * Users of kubeconfig files, in YAML as kubectl writes them and in JSON: `token`, `password`, and those of an auth-provider.
 * What tells them from any other assignment is that they stand under `user`, beside clusters and contexts.
 * https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */
import type { TextView } from '../../bytes/text-view.js';
import { type Assignment, isPrintable, nameStart } from './assignment.js';
import type { Fuel } from './fuel.js';

/**
 * Characters from `user` to the value: a certificate and a key may stand between. Fewer are looked at first: most members of
 * that name are of something else, which shows nearby, and memory may hold tens of thousands of them.
 */
const BEFORE = [256, 2048, 12_288] as const;
/** Characters to each side within which the rest of the file must show. */
const AROUND = 16_384;
const MAX_VALUE = 4096;

const NAMES = /^(?:token|password|id-token|access-token|refresh-token|client-secret)$/;
const MARKS = /\b(?:current-context|clusters|contexts|kube-system|client-certificate(?:-data)?)"?:/;

/** The member of a user whose name ends at `nameEnd`; undefined where it is in no kubeconfig. */
export function readKubeUser(view: TextView, nameEnd: number, fuel: Fuel): Assignment | undefined {
  const start = nameStart(view, nameEnd);
  const name = view.slice(start, nameEnd);
  if (!NAMES.test(name)) return undefined;
  const value = valueAt(view, nameEnd, view.code(start - 1) === QUOTE);
  if (value === undefined) return undefined;
  if (!isInUser(view, start, fuel)) return undefined;
  const around = view.slice(start - AROUND, start) + view.slice(value.to, value.to + AROUND);
  fuel.spend(around.length);
  return MARKS.test(around) ? { name, ...value, place: 'kubeconfig' } : undefined;
}

function valueAt(view: TextView, nameEnd: number, quoted: boolean): { from: number; to: number } | undefined {
  let from = quoted && view.code(nameEnd) === QUOTE ? nameEnd + 1 : nameEnd;
  if (view.code(from++) !== COLON) return undefined;
  while (view.code(from) === SPACE) from++;
  const quote = view.code(from) === QUOTE || view.code(from) === APOSTROPHE ? view.code(from++) : SPACE;
  let to = from;
  while (to - from <= MAX_VALUE && isPrintable(view.code(to)) && view.code(to) !== quote) to++;
  return to > from && to - from <= MAX_VALUE ? { from, to } : undefined;
}

function isInUser(view: TextView, start: number, fuel: Fuel): boolean {
  const isIn = view.code(start - 1) === QUOTE ? isInJson : isInYaml;
  for (const reach of BEFORE) {
    const before = view.slice(start - reach, start);
    fuel.spend(before.length);
    const answer = isIn(before, before.length < reach || reach === BEFORE[2]);
    if (answer !== undefined) return answer;
  }
  return false;
}

/**
 * The nearest line `user:` before is followed by nothing that stands less far in than what is in it. Undefined where more
 * of the text must be seen; `whole`: there is no more.
 */
function isInYaml(before: string, whole: boolean): boolean | undefined {
  const lines = before.split(/\r?\n/);
  let depth = lines.pop() ?? '';
  if (!/^ +$/.test(depth)) return depth.length === before.length && !whole && /^ *$/.test(depth) ? undefined : false;
  for (let i = lines.length - 1; i >= (whole ? 0 : 1); i--) {
    const line = lines[i] as string;
    const lead = /^ *(?:- )?/.exec(line)?.[0].length ?? 0;
    // The first member of an item: what stands before is another item's.
    if (lead === depth.length && line[lead - 2] === '-') return false;
    if (lead >= depth.length) continue;
    if (/^ *(?:- )?user:\s*$/.test(line)) return true;
    // Members of an auth-provider stand further in.
    if (lead === 0 || !/^ *(?:auth-provider|config):\s*$/.test(line)) return false;
    depth = ' '.repeat(lead);
  }
  return whole ? false : undefined;
}

/** Around it is the object of a user, or that of an auth-provider in one. */
function isInJson(before: string, whole: boolean): boolean | undefined {
  let closed = 0;
  for (let at = before.length - 1; at >= 0; at--) {
    const code = before.charCodeAt(at);
    if (code === 0) return false;
    if (code === CLOSING) closed++;
    if (code !== OPENING || closed-- > 0) continue;
    closed = 0;
    if (at < MAX_MEMBER && !whole) return undefined;
    const name = /"([a-z-]+)"\s*:\s*$/.exec(before.slice(Math.max(0, at - MAX_MEMBER), at))?.[1];
    if (name !== 'config' && name !== 'auth-provider') return name === 'user';
  }
  return whole ? false : undefined;
}

/** Characters of a member's name and the blanks before its object. */
const MAX_MEMBER = 64;
const [OPENING, CLOSING] = [0x7b, 0x7d];
const [SPACE, QUOTE, APOSTROPHE, COLON] = [0x20, 0x22, 0x27, 0x3a];
