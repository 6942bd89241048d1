/**
 * Gathers what the detectors find in one window: proves and names each secret at once, so that only public facts leave,
 * and turns the window's indexes into offsets of the dump.
 */
import type { Sink } from '../detect/detector.js';
import { judgeSecret } from '../detect/judge.js';
import type { CredentialRuleId, RuleId } from '../detect/rules.js';
import { spki } from '../prove/identity.js';
import type { TextCollector } from '../relate/tokens/texts.js';
import type { CertificateSighting, Detection, ParsedSecret, PublicKey, Skipped, Span } from '../types.js';
import { crosses, inPieces, jointsOf, spansOf } from './pieces.js';
import type { ScanResult } from './protocol.js';

/**
 * Places of secrets in one window. Proving costs up to some milliseconds each, and a hostile dump can hold a million of
 * them: past this, the rest of the window is left undecided, and says so. Verdict `findings` stands by then.
 */
const MAX_PLACES = 4096;

/** Places of one credential in one window that are told: a token of a session may stand in every buffer. */
const MAX_PLACES_OF_ONE = 64;

/** Public keys kept of one window. */
const MAX_PUBLIC_KEYS = 2048;

/** Structures of one window whose addresses are followed. */
const MAX_STRUCTURES = 256;

export class Collector {
  readonly undecided: Skipped[] = [];
  readonly #pieces: readonly Span[];
  readonly #to: number;
  /** Indexes of the window between two pieces; undefined when what crosses none is reported, too. */
  readonly #joints: readonly number[] | undefined;
  /** Several anchors of one structure lead to the same detection: kept once, by what it says. */
  readonly #detections = new Map<string, Detection>();
  /** Apart, so that many of them cannot crowd out a key. */
  readonly #credentials = new Map<string, Detection>();
  readonly #placesOfOne = new Map<string, number>();
  readonly #certificates = new Map<string, CertificateSighting>();
  readonly #publicKeys = new Map<string, Uint8Array>();
  /** Public halves of keys that were found, by which tokens may be signed. */
  readonly #signers = new Map<string, Uint8Array>();
  readonly #structures: number[] = [];
  readonly #texts: TextCollector | undefined;
  #leftStructures = false;
  #gaveUp = false;

  /** `to`: where the window's own hits end; what follows is another window's. `texts`: where tokens go, if anywhere. */
  constructor(pieces: readonly Span[], to: number, joined = false, texts?: TextCollector) {
    this.#pieces = pieces;
    this.#to = to;
    this.#texts = texts;
    this.#joints = joined ? jointsOf(pieces) : undefined;
  }

  result(): Pick<ScanResult, 'detections' | 'certificates' | 'publicKeys' | 'signers' | 'tokens' | 'structures'> {
    return {
      detections: [...this.#detections.values(), ...this.#credentials.values()],
      certificates: [...this.#certificates.values()],
      publicKeys: [...this.#publicKeys.values()],
      signers: [...this.#signers.values()],
      tokens: this.#texts?.tokens ?? 0,
      structures: this.#structures.flatMap((at) => this.#spans(at, at + 1, {}).map(({ offset }) => offset)),
    };
  }

  /** A sink for a view of the window that begins at `base`. */
  sinkAt(base: number): Sink {
    return {
      secret: (rule, from, to, secret) => this.#secret(rule, base + from, base + to, secret),
      certificate: (sighting) => {
        this.#certificates.set(sighting.sha256, sighting);
        this.#publicKey(sighting.spki);
      },
      publicKey: (spki) => this.#publicKey(spki),
      candidate: (from, to, form, text) => {
        if (!this.#joints || crosses(this.#joints, base + from, base + to))
          this.#texts?.candidate(base + from, base + to, form, text);
      },
      structure: (at) => {
        if (this.#joints === undefined) this.#structure(base + at);
      },
      undecided: (from, to, reason) => {
        const end = to === Number.POSITIVE_INFINITY ? Math.max(this.#to, base + from) : base + to;
        this.undecided.push(...this.#spans(base + from, end, { reason }));
      },
    };
  }

  #publicKey(spki: Uint8Array): void {
    if (this.#publicKeys.size < MAX_PUBLIC_KEYS) this.#publicKeys.set(Buffer.from(spki).toString('base64'), spki);
  }

  #secret(rule: RuleId | CredentialRuleId, from: number, to: number, secret: ParsedSecret): void {
    if (this.#joints && !crosses(this.#joints, from, to)) return;
    const kept = secret.kind === 'credential' ? this.#credentials : this.#detections;
    if (kept.size >= MAX_PLACES) {
      this.#giveUp(from);
      return;
    }
    const judged = judgeSecret(rule, secret, (key) => this.#signer(key));
    if (judged === undefined || (secret.kind === 'credential' && this.#isToldOften(judged.fingerprint))) return;
    if (secret.kind === 'credential') {
      const isFormal = secret.confidence !== 'heuristic';
      this.#texts?.credential(from, to, secret.form, secret.material, judged.fingerprint, isFormal);
    } else if (secret.kind === 'private-key' && secret.key.type === 'symmetric' && rule === 'jwk-private-key') {
      const digits = Buffer.from(secret.key.secret).toString('base64');
      this.#texts?.credential(from, to, secret.form, digits, judged.fingerprint);
    }
    for (const detection of inPieces(judged, this.#pieces, from, to)) {
      // One secret may fit several rules of credentials: which of them is told is for later.
      const rule = detection.title === undefined ? '' : detection.rule;
      const key = `${detection.fingerprint} ${detection.offset} ${detection.length} ${detection.part} ${rule}`;
      kept.set(key, detection);
    }
  }

  /** The first one that is too many leaves the rest of the window undecided. */
  #structure(at: number): void {
    if (this.#structures.length < MAX_STRUCTURES) this.#structures.push(at);
    else if (!this.#leftStructures) {
      this.#leftStructures = true;
      const reason = `more than ${MAX_STRUCTURES} structures of Kerberos before`;
      this.undecided.push(...this.#spans(at, this.#to, { reason }));
    }
  }

  #signer(key: PublicKey): void {
    if (this.#texts === undefined || this.#signers.size >= MAX_PUBLIC_KEYS) return;
    const encoded = spki(key);
    this.#signers.set(Buffer.from(encoded).toString('base64'), encoded);
  }

  #isToldOften(fingerprint: string): boolean {
    const places = (this.#placesOfOne.get(fingerprint) ?? 0) + 1;
    this.#placesOfOne.set(fingerprint, places);
    return places > MAX_PLACES_OF_ONE;
  }

  /** Leaves everything from here to the end of the window undecided; a second call adds nothing. */
  #giveUp(from: number): void {
    if (this.#gaveUp) return;
    this.#gaveUp = true;
    this.undecided.push(
      ...this.#spans(from, this.#to, { reason: `more than ${MAX_PLACES} places with secrets before` }),
    );
  }

  #spans<T>(from: number, to: number, rest: T): Array<T & Span> {
    return spansOf(this.#pieces, from, to).map((span) => ({ ...rest, ...span }));
  }
}
