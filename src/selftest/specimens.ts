/** The specimens of the self-test: one structure for each rule, with what a scan must say of it. */
import { SPECIMEN_DATA } from './specimens.data.js';

export interface Specimen {
  readonly rule: string;
  /** The structure alone, or a text that holds it. */
  readonly bytes: Uint8Array;
  /** Undefined where the key has no public half to name (an encrypted one), or the fixture does not tell. */
  readonly spkiSha256?: string;
  /** Whether the finding's place is all of `bytes`, and not just a part. */
  readonly exact: boolean;
}

export function specimens(): Specimen[] {
  return SPECIMEN_DATA.map(([rule, spkiSha256, exact, inverted]) => {
    const bytes = Uint8Array.from(Buffer.from(inverted, 'base64'), (byte) => byte ^ 0xff);
    return { rule, spkiSha256, exact, bytes };
  });
}
