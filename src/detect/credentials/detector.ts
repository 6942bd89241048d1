/**
 * The detector of credentials: keywords of all rules as anchors, in ASCII, UTF-16 and base64, and the names with which
 * assignments begin. A hit costs little where nothing stands behind the keyword: characters are walked while the pattern
 * could have them, and only a run that is long enough meets the pattern.
 */
import { decodeBase64 } from '../../bytes/base64.js';
import { type TextEncoding, TextView } from '../../bytes/text-view.js';
import type { Severity } from '../../types.js';
import { type Anchor, type Detector, type Sink, textAnchors } from '../detector.js';
import type { CredentialRuleId } from '../rules.js';
import { type TextHit, textDetector } from '../text/text-hit.js';
import { type Assignment, assignmentAnchors, MIN_VALUE, readAssignment } from './assignment.js';
import { digitsAround } from './base64-around.js';
import { readParameter } from './connection-string.js';
import { readVariable } from './environment.js';
import { Fuel } from './fuel.js';
import { COOKIE_HEADERS, readCookies, readHeader } from './http.js';
import { PAIR_NAMES, readCookie, readPair, SESSION_COOKIES } from './http2.js';
import { readKubeUser } from './kubeconfig.js';
import {
  type AssignedMatcher,
  assignedMatcher,
  type CompileRe2,
  type TokenMatcher,
  tokenMatcher,
  verifySecret,
} from './matcher.js';
import type { Place, Rule, TokenRule } from './rule.js';
import type { Verdict } from './validators/validator.js';

const FORMS: Readonly<Record<TextEncoding, string>> = { ascii: 'ASCII', utf16le: 'UTF-16LE', utf16be: 'UTF-16BE' };

interface Keyword {
  readonly text: string;
  readonly matchers: readonly TokenMatcher[];
}

/** Puts a credential at characters of the text in which it was read. `context`: where it stands there. */
type Emit = (rule: Rule, from: number, to: number, secret: string, verdict: Verdict, context?: string) => void;

/**
 * `compileRe2` is needed where a rule has that engine. `ready`: those that a detector of the same rules has, where they are
 * known already.
 */
export function credentialDetector(
  rules: readonly Rule[],
  compileRe2?: CompileRe2,
  ready?: readonly Anchor[],
): Detector {
  const tokens = rules.flatMap((rule) => (rule.kind === 'token' ? [tokenMatcher(rule, compileRe2)] : []));
  const assigned = rules.flatMap((rule) => (rule.kind === 'assigned' ? [assignedMatcher(rule)] : [])).sort(byPrecision);
  const keywords = keywordsOf(tokens);
  const anchors = ready ?? [
    ...keywords.flatMap(keywordAnchors),
    ...(assigned.length > 0 ? assignmentAnchors() : []).flatMap(({ text, word }) => named(text, `assigned ${word}`)),
    ...(assigned.some(({ rule }) => rule.place === 'http-cookie') ? COOKIE_HEADERS : []).flatMap((text) =>
      named(text, `cookie ${text.length}`),
    ),
    ...(assigned.some(({ rule }) => rule.place?.startsWith('http-')) ? http2Anchors() : []),
  ];
  const fuel = new Fuel();
  const detector = textDetector('credential', anchors, (hit, sink) => {
    const [kind, index, phase] = hit.name.split(' ');
    if (kind === 'assigned') return judgeAssignment(hit, Number(index), assigned, fuel, emitTo(hit, sink), sink);
    if (kind === 'pair') return judgePair(hit, Number(index), assigned, fuel, emitTo(hit, sink));
    if (kind === 'session') return judgeCookie(hit, Number(index), assigned, fuel, emitTo(hit, sink));
    if (kind === 'cookie') return judgeCookies(hit.view, hit.at + Number(index), assigned, fuel, emitTo(hit, sink));
    const keyword = keywords[Number(index)] as Keyword;
    if (kind === 'base64') return judgeBase64(hit, keyword, Number(phase), fuel, sink);
    for (const matcher of keyword.matchers)
      judgeToken(hit.view, hit.at, keyword.text, matcher, fuel, emitTo(hit, sink));
  });
  return {
    ...detector,
    detect(hit, sink) {
      fuel.meet(hit);
      if (!fuel.isEmpty(hit, sink)) detector.detect(hit, sink);
    },
  };
}

/** One for each text, with all rules that have it. */
function keywordsOf(matchers: readonly TokenMatcher[]): Keyword[] {
  const byText = new Map<string, TokenMatcher[]>();
  for (const matcher of matchers) {
    for (const text of matcher.rule.keywords) byText.set(text, [...(byText.get(text) ?? []), matcher]);
  }
  return [...byText].map(([text, all]) => ({ text, matchers: all }));
}

function keywordAnchors({ text, matchers }: Keyword, index: number): Anchor[] {
  const wanted = new Set(matchers.flatMap(({ rule }) => rule.encodings));
  const encodingOf = ({ tag }: Anchor) => tag.split(':')[0] as TextEncoding;
  const isWanted = (anchor: Anchor) => wanted.has(encodingOf(anchor));
  const isAscii = (anchor: Anchor) => encodingOf(anchor) === 'ascii';
  const name = `keyword ${index}`;
  const wide = named(text, name).filter((anchor) => !isAscii(anchor));
  const narrow = lengthened(text, matchers).flatMap((each) => named(each, name).filter(isAscii));
  const plain = [...narrow, ...wide].filter(isWanted);
  return wanted.has('base64') ? [...plain, ...base64Anchors(text, index)] : plain;
}

/** `hf_` as `hf_a`, `hf_b` and so on: anchors have four bytes, of which UTF-16 has enough. */
function lengthened(text: string, matchers: readonly TokenMatcher[]): string[] {
  if (text.length > 3) return [text];
  return [...new Set(matchers.flatMap(({ rule }) => [...rule.next]))].map((next) => text + next);
}

/** In all three encodings; UTF-16 with its first 16 characters. */
function named(text: string, name: string): Anchor[] {
  return textAnchors(text).map(({ literal, tag }) => ({ literal, tag: `${tag}:${name}` }));
}

function http2Anchors(): Anchor[] {
  return [
    ...PAIR_NAMES.flatMap((text) => named(`${text}\0`, `pair ${text.length}`)),
    ...SESSION_COOKIES.flatMap((text) => named(text, `session ${text.length - 1}`)),
  ];
}

/** The base64 digits that depend on no neighbour, when 0, 1 or 2 bytes come before the keyword in its group. */
function base64Anchors(text: string, index: number): Anchor[] {
  return [0, 1, 2].map((phase) => {
    const digits = Buffer.concat([Buffer.alloc(phase), Buffer.from(text, 'latin1')]).toString('base64');
    const stable = digits.slice(firstDigit(phase), Math.floor(((phase + text.length) * 8) / 6));
    return { literal: Uint8Array.from(Buffer.from(stable.slice(0, 32))), tag: `ascii:base64 ${index} ${phase}` };
  });
}

/** Place in its group of the first digit that holds bits of the keyword alone. */
function firstDigit(phase: number): number {
  return Math.ceil((phase * 8) / 6);
}

function emitTo({ view }: TextHit, sink: Sink): Emit {
  return (rule, from, to, secret, verdict, context) =>
    report(rule, view.byteIndex(from), view.byteIndex(to), FORMS[view.encoding], secret, verdict, context, sink);
}

function report(
  rule: Rule,
  from: number,
  to: number,
  form: string,
  material: string,
  { proven, evidence, secret }: Verdict,
  context: string | undefined,
  sink: Sink,
): void {
  sink.secret(rule.id as CredentialRuleId, from, to, {
    kind: 'credential',
    form,
    length: to - from,
    title: rule.title,
    severity: rule.severity,
    confidence: proven ? 'proven' : rule.kind === 'token' ? rule.confidence : 'heuristic',
    material: secret ?? material,
    guessable: rule.guessable && !proven,
    notes: evidence,
    ...(context !== undefined && { context }),
  });
}

function judgeToken(
  view: TextView,
  at: number,
  keyword: string,
  { rule, alphabet, find }: TokenMatcher,
  fuel: Fuel,
  emit: Emit,
): void {
  const [least, most] = rule.lead;
  let start = at;
  while (at - start < most && alphabet[view.code(start - 1)]) start--;
  let end = at + keyword.length;
  const limit = at - least + rule.length[1];
  while (end < limit && alphabet[view.code(end)]) end++;
  fuel.spend(end - start);
  if (at - start < least || end - start < rule.length[0]) return;
  fuel.spend((end - start) * (rule.engine === 're2' ? RE2_COST : 1));
  // One more on each side, for what the pattern asserts there.
  const base = Math.max(0, start - 1);
  const match = find(view.slice(base, end + 1), start - base, at - least - base);
  if (match === undefined || base + match.to < at + keyword.length) return;
  const [from, to] = [base + match.from, base + match.to];
  const verdict = verifySecret(rule, match.secret);
  if (verdict === undefined) return;
  if (!verdict.proven && rule.bounded && touchesWord(view, from, to, keyword, rule)) return;
  emit(rule, from, to, match.secret, verdict, rule.context);
}

/** How much longer RE2 takes for a character. */
const RE2_COST = 100;

/** From how many characters on a keyword is not there by chance. */
const DISTINCTIVE = 6;

/**
 * Whether a letter or digit goes on where the match ends, or stands before it. Before it lie lengths and other bytes that
 * look like letters: a keyword that is distinctive may begin anywhere.
 */
function touchesWord(view: TextView, from: number, to: number, keyword: string, { lead }: TokenRule): boolean {
  if (isLetterOrDigit(view.code(to)) && isLetterOrDigit(view.code(to - 1))) return true;
  const distinctive = lead[1] === 0 && (keyword.length >= DISTINCTIVE || /[^A-Za-z0-9]/.test(keyword));
  return !distinctive && isLetterOrDigit(view.code(from - 1)) && isLetterOrDigit(view.code(from));
}

function isLetterOrDigit(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

/** Decodes as much around the keyword as its rules can need, and looks there. */
function judgeBase64({ view, at }: TextHit, keyword: Keyword, phase: number, fuel: Fuel, sink: Sink): void {
  const rules = keyword.matchers.filter(({ rule }) => rule.encodings.includes('base64'));
  const before = firstDigit(phase) + 4 * Math.ceil((1 + Math.max(...rules.map(({ rule }) => rule.lead[1]))) / 3);
  const after = 4 * Math.ceil((4 + Math.max(...rules.map(({ rule }) => rule.length[1]))) / 3);
  const around = digitsAround(view, at, before, after);
  fuel.spend(around.digits.length);
  const group = around.at - firstDigit(phase);
  // The digits that the keyword shares its first group with may be missing at the very beginning.
  if (group < 0) return;
  const start = group % 4;
  const end = around.digits.length - ((around.digits.length - start) % 4 === 1 ? 1 : 0);
  const bytes = decodeBase64(around.digits.slice(start, end));
  if (bytes === undefined) return;
  const inner = new TextView(bytes);
  const index = ((group - start) / 4) * 3 + phase;
  const placeOf = (digit: number) => view.byteIndex(around.places[Math.min(start + digit, end - 1)] as number);
  const width = view.byteIndex(1) - view.byteIndex(0);
  for (const matcher of rules) {
    judgeToken(inner, index, keyword.text, matcher, fuel, (rule, from, to, secret, verdict, context) => {
      const span = [placeOf(Math.floor((from * 4) / 3)), placeOf(Math.ceil((to * 4) / 3) - 1) + width] as const;
      report(rule, ...span, 'base64', secret, verdict, context, sink);
    });
  }
  bytes.fill(0);
}

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** The most severe first; of those the one that leaves the value the least freedom. */
function byPrecision({ rule: a }: AssignedMatcher, { rule: b }: AssignedMatcher): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    a.length[1] - a.length[0] - (b.length[1] - b.length[0])
  );
}

/** What may tell more of an assignment than its text does, each only where it stands there. */
const PLACED = [readVariable, readHeader, readParameter, readKubeUser, readCookie] as const;
const TOLD: Readonly<Record<Place, (name: string) => string>> = {
  environment: (name) => `environment variable ${name}`,
  'http-header': (name) => `HTTP header ${name}`,
  'http-cookie': (name) => `HTTP cookie ${name}`,
  'connection-string': () => 'in a connection string',
  kubeconfig: (name) => `${name} of a user in a kubeconfig`,
};

/** The first rule, in the order of their precision, that the name and the value fit, as far as the place lets it go. */
function judgeAssignment(
  { view, at }: TextHit,
  word: number,
  matchers: readonly AssignedMatcher[],
  fuel: Fuel,
  emit: Emit,
  sink: Sink,
): void {
  for (const read of PLACED) {
    const placed = read(view, at + word, fuel);
    if (placed) offer(view, placed, sink);
    if (placed && judgeValue(view, placed, matchers, emit)) return;
  }
  const plain = readAssignment(view, at + word);
  fuel.spend(plain === undefined ? word : plain.to - at);
  if (plain) offer(view, plain, sink);
  if (plain) judgeValue(view, plain, matchers, emit);
}

/** A value that no rule takes may be the secret of a token all the same: weak ones are. */
function offer(view: TextView, { name, from, to }: Assignment, sink: Sink): void {
  if (to - from > MAX_SIGNING || !/(?:jwt|jws|secret|key|pass(?:word|phrase|wd)?|pwd)/i.test(name)) return;
  sink.candidate?.(view.byteIndex(from), view.byteIndex(to), FORMS[view.encoding], view.slice(from, to));
}

/** Characters of a secret of signatures. */
const MAX_SIGNING = 512;

/** The cookies of a header whose value begins at `from`. */
function judgeCookies(
  view: TextView,
  from: number,
  matchers: readonly AssignedMatcher[],
  fuel: Fuel,
  emit: Emit,
): void {
  for (const cookie of readCookies(view, from, fuel)) judgeValue(view, cookie, matchers, emit);
}

/** A header of HTTP/2, or the cookies that it has. */
function judgePair(
  { view, at }: TextHit,
  word: number,
  matchers: readonly AssignedMatcher[],
  fuel: Fuel,
  emit: Emit,
): void {
  const pair = readPair(view, at + word, fuel);
  if (pair === undefined) return;
  if (!/^(?:set-)?cookie$/.test(pair.name)) judgeValue(view, pair, matchers, emit);
  else judgeCookies(view, pair.from, matchers, fuel, emit);
}

function judgeCookie(
  { view, at }: TextHit,
  word: number,
  matchers: readonly AssignedMatcher[],
  fuel: Fuel,
  emit: Emit,
): void {
  const cookie = readCookie(view, at + word, fuel);
  if (cookie) judgeValue(view, cookie, matchers, emit);
}

/** Whether a rule fits. */
function judgeValue(view: TextView, assignment: Assignment, matchers: readonly AssignedMatcher[], emit: Emit): boolean {
  const { name, from, to, place } = assignment;
  const found = firstFit(assignment, view.slice(from, to), matchers);
  if (found === undefined) return false;
  emit(found.rule, from, to, found.secret, found.verdict, place && TOLD[place](toldName(name)));
  return true;
}

/** A name is no secret, but for one that somebody made of one. */
function toldName(name: string): string {
  return /^_*[A-Za-z]+(?:[_.-]+[A-Za-z]+)*\d{0,2}$/.test(name) ? name : 'with such a name';
}

function firstFit({ name, place }: Assignment, value: string, matchers: readonly AssignedMatcher[]) {
  for (const { rule, name: names, value: values } of matchers) {
    if (rule.place === undefined ? value.length < MIN_VALUE : rule.place !== place) continue;
    if (value.length < rule.length[0] || value.length > rule.length[1] || !names.test(name)) continue;
    const match = values.exec(value);
    const secret = match?.[1] ?? match?.[0];
    const verdict = secret === undefined ? undefined : verifySecret(rule, secret);
    if (secret !== undefined && verdict) return { rule, secret, verdict };
  }
  return undefined;
}
