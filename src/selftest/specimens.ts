/** The specimens of the self-test: one structure for each rule, with what a scan must say of it. */
import { createHash } from 'node:crypto';
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

/** Those of some rules, of all when none are chosen. */
export function specimens(isWanted: (rule: string) => boolean = () => true): Specimen[] {
  return SPECIMEN_DATA.filter(([rule]) => isWanted(rule)).map(([rule, spkiSha256, exact, inverted]) => {
    const stored = Uint8Array.from(Buffer.from(inverted, 'base64'));
    for (let i = 0; i < stored.length; i++) stored[i] = (stored[i] as number) ^ 0xff;
    const bytes = rule === 'openssh-shielded-key' ? behindPrekey(stored) : stored;
    return { rule, spkiSha256, exact, bytes };
  });
}

/** Zeros between the prekey and the ciphertext. */
const APART = 64;

/** A shield: the prekey of 16 KiB, which need not be stored, and the ciphertext under it. */
function behindPrekey(ciphertext: Uint8Array): Uint8Array {
  const blocks = Array.from({ length: 256 }, (_, i) => createHash('sha512').update(`dumpsieve prekey ${i}`).digest());
  return Uint8Array.from(Buffer.concat([...blocks, new Uint8Array(APART), ciphertext]));
}
