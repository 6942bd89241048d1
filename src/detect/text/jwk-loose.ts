/**
 * The members of a JSON Web Key whose object cannot be read: its beginning overwritten, a brace or quote inside another
 * member, or written in another notation (YAML, TOML, PHP, Ruby, Go, URL). Only names and values near each other are
 * known then, so only what arithmetic proves is worth a report.
 */
import type { TextView } from '../../bytes/text-view.js';
import type { ObjectMembers } from './jwk-members.js';

/** Characters to each side. An RSA key of 4096 bits takes 3,200. */
const REACH = 8 * 1024;

/** Characters that no member's name, value or surroundings have. */
function isForeign(code: number): boolean {
  return code < 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09;
}

/** A name, a sign of assignment with quotes, blanks and escapes around it, and a value in base64url or a short word. */
const MEMBER =
  /(?:(?<![A-Za-z0-9_-])|(?<=%2[27C])|(?<=u0022))(kty|crv|alg|d|x|y|n|e|p|q|dp|dq|qi|Modulus|Exponent|D|P|Q|DP|DQ|InverseQ)(?:\\+u0022|\\*["'`]|&quot;|%22|\s)*(?::|=>|=|%3[Aa]|%3[Dd]|,|>)(?:\\+u0022|\\*["'`]|&quot;|%22|%20|\s)*([A-Za-z0-9_+/-]{2,2200})/g;

/** Members of .NET's RSAParameters, in XML without its root element or in JSON, by the names of RFC 7518. */
const DOTNET: Readonly<Record<string, string>> = {
  Modulus: 'n',
  Exponent: 'e',
  D: 'd',
  P: 'p',
  Q: 'q',
  DP: 'dp',
  DQ: 'dq',
  InverseQ: 'qi',
};

export interface LooseMembers extends ObjectMembers {
  /** Index of the first name, and after the last value. */
  readonly from: number;
  readonly to: number;
}

/**
 * Members around the anchor at `at`, to the next place on either side where `isAnchor` holds: so that the ranges of
 * different hits overlap once at most.
 */
export function readLooseMembers(
  view: TextView,
  at: number,
  isAnchor: (index: number) => boolean,
): LooseMembers | undefined {
  let from = at;
  while (from > at - REACH && !isForeign(view.code(from - 1)) && !isAnchor(from - 1)) from--;
  let to = at + 1;
  while (to < at + REACH && !isForeign(view.code(to)) && !isAnchor(to)) to++;
  const strings = new Map<string, string>();
  let [first, last] = [to, from];
  for (const match of view.slice(from, to).matchAll(MEMBER)) {
    const [whole, written = '', value = ''] = match;
    const name = DOTNET[written] ?? written;
    if (strings.has(name)) continue;
    strings.set(name, value);
    first = Math.min(first, from + match.index);
    last = from + match.index + whole.length;
  }
  if (strings.size === 0) return undefined;
  // Without the type, the curve or the modulus tells it.
  if (!strings.has('kty')) strings.set('kty', typeOf(strings));
  return { strings, oth: [], length: last - first, closed: false, from: first, to: last };
}

function typeOf(strings: ReadonlyMap<string, string>): string {
  const curve = strings.get('crv');
  if (curve === undefined) return 'RSA';
  return /^(?:Ed|X)\d/.test(curve) ? 'OKP' : 'EC';
}
