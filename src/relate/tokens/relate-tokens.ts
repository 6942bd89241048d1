/**
 * Relates the signed tokens of a dump to keys: which public key a signature checks with, and which text of the dump is the
 * secret that made it. Runs in a worker when all windows have been scanned and the numbers have been related, since a key
 * that was found as a number may have signed a token; returns public facts alone.
 */
import { type CompactJws, readCompactJws } from '../../detect/credentials/compact-jws.js';
import { judgeSecret } from '../../detect/judge.js';
import type { CredentialRuleId } from '../../detect/rules.js';
import type { Detection } from '../../types.js';
import { boundsFor, type Effort } from '../bounds.js';
import { KIND, type NumberEntry, type NumberStore } from '../number-store.js';
import { isMacOf, type MacToken, macTokenOf, readingsOf } from './secrets.js';
import { hasPublicKeys, isSignedBy, keyInHeader, mayBeOf, type Signer, signerOf } from './signatures.js';
import { readText, readToken, type StoredText } from './texts.js';

/** The rule of a secret that is proven by a token. It is in no file of rules: no pattern can tell it. */
export const SIGNING_SECRET = 'jwt-signing-secret';
const TITLE = 'Secret that signs JSON Web Tokens';

export interface TokenOrder {
  /** Public keys, of the dump or the user's, and the public halves of private keys that were found. */
  readonly spkis: readonly Uint8Array[];
  readonly effort?: Effort;
}

/** What is proven of detections that are there already. */
export interface TokenProof {
  readonly fingerprint: string;
  readonly evidence: string;
}

export interface RelatedTokens {
  readonly proofs: readonly TokenProof[];
  /** Keys that signed a token, and how many distinct ones. */
  readonly signers: ReadonlyArray<{ readonly spkiSha256: string; readonly tokens: number }>;
  /** Places of secrets. */
  readonly detections: readonly Detection[];
  /** What was not tried, for people: of what is always looked for, and over and above. */
  readonly cuts: readonly string[];
  readonly extras: readonly string[];
}

interface Token {
  readonly fingerprint: string;
  readonly jws: CompactJws;
  readonly signature: Uint8Array;
}

export function relateTokens(store: NumberStore, { spkis, effort }: TokenOrder): RelatedTokens {
  const bounds = boundsFor(effort);
  const entries = store.entries();
  const tokens = distinctTokens(entries.filter(({ kind }) => kind === KIND.token));
  const signed = bySignatures(tokens, spkis, bounds.signatures);
  const macs = bySecrets(tokens, entries, bounds.secrets);
  return {
    proofs: [...signed.proofs, ...macs.proofs],
    signers: signed.signers,
    detections: macs.detections,
    cuts: [...droppedOf(store), ...signed.cuts, ...macs.cuts],
    extras: [...nearLeft(store), ...macs.extras],
  };
}

function droppedOf(store: NumberStore): string[] {
  const names = [
    [KIND.token, 'signed tokens'],
    [KIND.secret, 'texts that may be secrets of signatures'],
  ] as const;
  return names.flatMap(([kind, name]) => (store.dropped(kind) > 0 ? [`${store.dropped(kind)} ${name}`] : []));
}

function nearLeft(store: NumberStore): string[] {
  const count = store.dropped(KIND.near);
  return count > 0 ? [`all texts near ${count} tokens`] : [];
}

/** The first token of each issuer, key and algorithm before all others: one secret signs them all. */
function distinctTokens(entries: readonly NumberEntry[]): Token[] {
  const byText = new Map<string, Token>();
  for (const entry of entries) {
    const { fingerprint, text } = readToken(entry);
    const jws = byText.has(text) ? undefined : readCompactJws(text);
    if (jws) byText.set(text, { fingerprint, jws, signature: Buffer.from(jws.signature, 'base64url') });
  }
  const [first, others, groups] = [[] as Token[], [] as Token[], new Set<string>()];
  for (const token of byText.values()) {
    const group = groupOf(token);
    (groups.has(group) ? others : first).push(token);
    groups.add(group);
  }
  return [...first, ...others];
}

function groupOf({ jws: { algorithm, header, claims } }: Token): string {
  return JSON.stringify([algorithm, header.kid, claims.iss]);
}

function bySignatures(tokens: readonly Token[], spkis: readonly Uint8Array[], budget: number) {
  const wanted = tokens.filter(({ jws }) => hasPublicKeys(jws.algorithm));
  const signers = wanted.length === 0 ? [] : distinctSigners(spkis);
  const counts = new Map<Signer, number>();
  const proofs: TokenProof[] = [];
  let [left, untried] = [budget, 0];
  // The key in a header proves the signature, and no issuer: said so, also where it was found among the others.
  for (const { fingerprint, jws, signature } of wanted) {
    // Nor are keys compared, or read from headers, when none may be tried any more.
    if (left < 0) {
      untried++;
      continue;
    }
    const fits = signers.filter((signer) => mayBeOf(jws.algorithm, signature, signer));
    // Those that signed another one first.
    fits.sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
    const own = keyInHeader(jws.header);
    if (own && mayBeOf(jws.algorithm, signature, own)) fits.unshift(own);
    for (const signer of fits) {
      left -= signer.cost;
      if (left < 0) {
        untried++;
        break;
      }
      if (!isSignedBy(jws.algorithm, jws.signed, signature, signer)) continue;
      proofs.push({ fingerprint, evidence: evidenceOf(signer, signer === own) });
      const known = signers.find(({ identity }) => identity.spkiSha256 === signer.identity.spkiSha256);
      if (known) counts.set(known, (counts.get(known) ?? 0) + 1);
      break;
    }
  }
  return {
    proofs,
    signers: [...counts].map(([{ identity }, count]) => ({ spkiSha256: identity.spkiSha256, tokens: count })),
    cuts: untried > 0 ? [`${untried} signed tokens with all of ${signers.length} public keys`] : [],
  };
}

function distinctSigners(spkis: readonly Uint8Array[]): Signer[] {
  const signers = spkis.flatMap((spki) => signerOf(spki) ?? []);
  return [...new Map(signers.map((signer) => [signer.identity.spkiSha256, signer])).values()].sort((a, b) =>
    a.identity.spkiSha256 < b.identity.spkiSha256 ? -1 : 1,
  );
}

function evidenceOf({ identity }: Signer, isOwn: boolean): string {
  const { algorithm, curve, bits, spkiSha256, known } = identity;
  const size = curve ?? (bits === undefined ? undefined : `${bits} bits`);
  const what = size === undefined || size === algorithm ? algorithm : `${algorithm}, ${size}`;
  const whose = isOwn
    ? 'the key in its own header'
    : `the public key ${known === undefined ? '' : `of ${known} `}`.trim();
  return `signature checked by ${whose} (${what}; SPKI SHA256 ${spkiSha256})`;
}

/** Of examples in the documentation of jwt.io and of libraries: the dump gives nothing away that is not known. */
const PUBLISHED: ReadonlySet<string> = new Set([
  ...[
    'secret',
    'key',
    'test',
    'password',
    'changeme',
    'mysecret',
    'my-secret',
    'supersecret',
    'shhhhh',
    'shhhhhhared-secret',
  ],
  ...['your-256-bit-secret', 'your-384-bit-secret', 'your-512-bit-secret', 'a-string-secret-at-least-256-bits-long'],
  'a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long',
]);

/** A text that may be a secret, and all its places. */
interface Candidate {
  readonly text: string;
  readonly places: StoredText[];
}

/** A token that a secret is wanted for. */
interface Open extends Token {
  readonly mac: MacToken;
}

function bySecrets(tokens: readonly Token[], entries: readonly NumberEntry[], budget: number) {
  let open = tokens.flatMap((token): Open[] => {
    const mac = macTokenOf(token.jws.algorithm, token.jws.signed, token.signature);
    return mac ? [{ ...token, mac }] : [];
  });
  const proven = new Map<Candidate, { encoding?: string; tokens: Open[] }>();
  const done = new Set<Open>();
  let left = budget;
  const untried: number[] = [];
  for (const kind of open.length === 0 ? [] : ([KIND.secret, KIND.near] as const)) {
    const candidates = candidatesOf(entries.filter((entry) => entry.kind === kind));
    const keys = candidates.flatMap((candidate) =>
      readingsOf(candidate.text).map((reading) => ({ candidate, ...reading })),
    );
    let cut = 0;
    for (const token of open) {
      if (done.has(token)) continue;
      if (left < keys.length) {
        cut++;
        continue;
      }
      left -= keys.length;
      const found = keys.find(({ key }) => isMacOf(token.mac, key));
      if (found === undefined) continue;
      // One secret signs many: all others are asked about this one alone.
      left -= open.length;
      const signed = open.filter(({ mac }) => isMacOf(mac, found.key));
      const before = proven.get(found.candidate)?.tokens ?? [];
      proven.set(found.candidate, { encoding: found.encoding, tokens: [...before, ...signed] });
      for (const each of signed) done.add(each);
    }
    for (const { key } of keys) key.fill(0);
    untried.push(cut);
    open = open.filter((token) => !done.has(token));
  }
  const [named = 0, near = 0] = untried;
  const results = [...proven].map(([candidate, { encoding, tokens }]) => tell(candidate, tokens, encoding));
  return {
    proofs: results.flatMap(({ proofs }) => proofs),
    detections: results.flatMap(({ detections }) => detections),
    cuts: named > 0 ? [`${named} signed tokens with all texts that may be their secrets`] : [],
    extras: near > 0 ? [`${near} signed tokens with all texts near them`] : [],
  };
}

function candidatesOf(entries: readonly NumberEntry[]): Candidate[] {
  const byText = new Map<string, Candidate>();
  for (const entry of entries) {
    const place = readText(entry);
    const known = byText.get(place.text);
    if (known) known.places.push(place);
    else byText.set(place.text, { text: place.text, places: [place] });
  }
  return [...byText.values()];
}

/** In words. */
export function countTokens(count: number): string {
  return count === 1 ? 'a JSON Web Token' : `${count} JSON Web Tokens`;
}

function tell({ text, places }: Candidate, tokens: readonly Open[], encoding: string | undefined) {
  const how = encoding === undefined ? '' : `, as the key that it is in ${encoding}`;
  const algorithms = [...new Set(tokens.map(({ jws }) => jws.algorithm))].sort().join(', ');
  const published = PUBLISHED.has(text);
  const judged = judgeSecret(SIGNING_SECRET as CredentialRuleId, {
    kind: 'credential',
    form: '',
    length: 0,
    title: TITLE,
    severity: published ? 'low' : 'critical',
    confidence: 'proven',
    material: text,
    guessable: true,
    notes: [
      `it signs ${countTokens(tokens.length)} of the same dump (${algorithms})${how}`,
      ...(published ? ['everyone knows it, from examples: whoever takes such tokens takes forged ones'] : []),
    ],
  });
  // As the rule that found it has it, so that it is one finding.
  const fingerprint = places.find((place) => place.fingerprint !== undefined)?.fingerprint ?? judged?.fingerprint ?? '';
  return {
    proofs: tokens.map((token) => ({
      fingerprint: token.fingerprint,
      evidence: 'signature checked by a secret that lies in the same dump',
    })),
    detections: places.flatMap(({ offset, length, form }): Detection[] =>
      judged ? [{ ...judged, fingerprint, part: form, offset, length }] : [],
    ),
  };
}
