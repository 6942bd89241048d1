/** What relating signed tokens needs of all windows, and what it proves of their detections. */
import { countTokens, type RelatedTokens } from '../relate/tokens/relate-tokens.js';
import type { Detection, Warning } from '../types.js';
import type { ScanResult } from './protocol.js';

const MAX_SIGNERS = 5_000;

export class TokenTally {
  readonly #signers = new Map<string, Uint8Array>();
  #count = 0;
  /** Evidence by fingerprints of tokens, and by hashes of keys that signed them. */
  readonly #proofs = new Map<string, string>();
  readonly #signed = new Map<string, string>();

  /** Whether there is a signed token. */
  get found(): boolean {
    return this.#count > 0;
  }

  /** Public halves of private keys. */
  get signers(): readonly Uint8Array[] {
    return [...this.#signers.values()];
  }

  add({ signers, tokens }: Pick<ScanResult, 'signers' | 'tokens'>): void {
    this.#count += tokens;
    for (const spki of signers) {
      if (this.#signers.size < MAX_SIGNERS) this.#signers.set(Buffer.from(spki).toString('base64'), spki);
    }
  }

  /** Keeps what is proven, and gives what is to be remarked. */
  settle({ proofs, signers, cuts, extras }: RelatedTokens, thorough: boolean): Warning[] {
    for (const { fingerprint, evidence } of proofs) this.#proofs.set(fingerprint, evidence);
    for (const { spkiSha256, tokens } of signers) {
      this.#signed.set(spkiSha256, `it signed ${countTokens(tokens)} of the same dump`);
    }
    const more = thorough ? '' : ' (--thorough goes on)';
    const warnings: Warning[] = [];
    if (extras.length > 0) {
      const message = `over and above the usual search for who signed tokens, not everything was tried: ${extras.join('; ')}${more}`;
      warnings.push({ code: 'TOKENS_EXTRA_CUT', message, incomplete: false });
    }
    if (cuts.length > 0) {
      const message = `too many signed tokens, or candidates for what signed them, not all were tried: ${cuts.join('; ')}${more}`;
      warnings.push({ code: 'TOKENS_CUT', message, incomplete: true });
    }
    return warnings;
  }

  /** The detections, with what is proven of them. */
  proven(detections: readonly Detection[]): Detection[] {
    return detections.map((detection) => {
      const { fingerprint, evidence, key } = detection;
      const signature = detection.title === undefined ? undefined : this.#proofs.get(fingerprint);
      if (signature) return { ...detection, confidence: 'proven', evidence: [...evidence, signature] };
      const signed = this.#signed.get(key?.spkiSha256 ?? '');
      return signed === undefined ? detection : { ...detection, evidence: [...evidence, signed] };
    });
  }
}
