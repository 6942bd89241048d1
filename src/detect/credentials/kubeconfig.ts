/**
 * Users of kubeconfig files, in YAML as kubectl writes them and in JSON: `token`, `password`, and those of an auth-provider.
 * What tells them from any other assignment is that they stand under `user`, beside clusters and contexts.
 * https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */
import type { TextView } from '../../bytes/text-view.js';
import { type Assignment, isPrintable, nameStart } from './assignment.js';
import type { Fuel } from './fuel.js';

/** Characters from `user` to the value: a certificate and a key may stand between. */
const BEFORE = 12_288;
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
  const before = view.slice(start - BEFORE, start);
  fuel.spend(before.length);
  if (!(view.code(start - 1) === QUOTE ? isInJson(before) : isInYaml(before))) return undefined;
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

/** The nearest line `user:` before is followed by nothing that stands less far in than what is in it. */
function isInYaml(before: string): boolean {
  const lines = before.split(/\r?\n/);
  const own = lines.pop() ?? '';
  if (!/^ *$/.test(own)) return false;
  for (let i = lines.length - 1; i >= 0; i--) {
    const line = lines[i] as string;
    const lead = /^ *(?:- )?/.exec(line)?.[0].length ?? 0;
    if (lead >= own.length) continue;
    // Members of an auth-provider stand further in.
    if (/^ *(?:auth-provider|config):\s*$/.test(line))
      return isInYaml(`${lines.slice(0, i).join('\n')}\n${' '.repeat(lead)}`);
    return /^ *(?:- )?user:\s*$/.test(line);
  }
  return false;
}

function isInJson(before: string): boolean {
  const user = before.lastIndexOf('"user"');
  if (user < 0) return false;
  const behind = before.slice(user + '"user"'.length);
  const depth = behind.split('{').length - behind.split('}').length;
  return /^\s*:\s*\{/.test(behind) && depth >= 1;
}

const [SPACE, QUOTE, APOSTROPHE, COLON] = [0x20, 0x22, 0x27, 0x3a];
