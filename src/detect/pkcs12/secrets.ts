/** What a PFX gives away: keys in the clear, keys under a well-known default password, and certificates. */
import { createHash } from 'node:crypto';
import { equalBytes, hex } from '../../bytes/convert.js';
import { DerCursor, TAG } from '../../bytes/der.js';
import { BoundsError, FormatError } from '../../errors.js';
import type { ParsedSecret } from '../../types.js';
import { parsePkcs8 } from '../der/parse.js';
import { publicKeyOfCertificate } from './certificate-key.js';
import { DEFAULT_PASSWORDS, MAX_TRIED_ITERATIONS, OPENED_NOTE, untriedNote } from './default-passwords.js';
import { readEncryption } from './encryption.js';
import { macFits } from './mac.js';
import { type Bag, type Pfx, readPfx, readSafeContents } from './parse.js';

const FORM = 'PKCS#12';

export interface Pkcs12Secret {
  readonly secret: ParsedSecret;
  /** The key stands there in the clear, for everybody to read. */
  readonly clear: boolean;
}

export interface Pkcs12Contents {
  /** Bytes of the PFX. */
  readonly length: number;
  readonly secrets: readonly Pkcs12Secret[];
  /** Certificates in DER, as far as they could be read. */
  readonly certificates: readonly Uint8Array[];
}

/** The keys of the PFX at index 0. FormatError or BoundsError when it is none. */
export function parsePkcs12(bytes: Uint8Array): ParsedSecret[] {
  return readPkcs12(bytes).secrets.map(({ secret }) => secret);
}

export function readPkcs12(bytes: Uint8Array): Pkcs12Contents {
  const pfx = readPfx(bytes);
  const trial = choosePassword(pfx);
  const bags = [...pfx.bags];
  let closed = 0;
  for (const contents of pfx.encrypted) {
    const before = bags.length;
    for (const plain of decrypted(contents, trial.passwords)) {
      if (bags.length === before) ifWellFormed(() => readSafeContents(plain, bags));
    }
    if (bags.length === before) closed += 1;
  }
  const secrets = bags.flatMap((bag) => bagSecret(bag, bags, pfx, trial) ?? []);
  // Programs keep keys in bags of their own, so encrypted contents are certificates, unless no key is to be seen.
  if (secrets.length === 0 && closed > 0 && closed === pfx.encrypted.length) secrets.push(...closedSecret(pfx, trial));
  const certificates = bags.flatMap((bag) => (bag.kind === 'certificate' ? [bag.der.slice()] : []));
  return { length: pfx.length, secrets, certificates };
}

interface Trial {
  /** Passwords to decrypt with. One that the MAC proves stands alone. */
  readonly passwords: readonly string[];
  readonly notes: readonly string[];
}

/** A PFX stands in memory more than once: the verdict on its MAC is kept. */
const verdicts = new Map<string, string | undefined>();
const MAX_VERDICTS = 64;

/** The MAC tells the password at one price for the whole PFX; without one, each bag must be tried. */
function choosePassword({ mac, authenticatedSafe, bags, encrypted }: Pfx): Trial {
  if (mac === undefined) return { passwords: DEFAULT_PASSWORDS, notes: ['no integrity value'] };
  if (mac.iterations > MAX_TRIED_ITERATIONS) return { passwords: [], notes: [untriedNote(mac.iterations)] };
  if (mac.hash === undefined) return { passwords: [], notes: ['unknown integrity algorithm'] };
  if (encrypted.length === 0 && !bags.some(({ kind }) => kind === 'shrouded')) return { passwords: [], notes: [] };
  const content = authenticatedSafe.slice();
  const hash = createHash('sha256').update(mac.salt).update(mac.digest).update(content);
  const id = `${mac.iterations} ${hex(hash.digest())}`;
  if (!verdicts.has(id)) {
    if (verdicts.size >= MAX_VERDICTS) verdicts.delete(verdicts.keys().next().value as string);
    const password = DEFAULT_PASSWORDS.find((candidate) => macFits(mac, content, candidate));
    verdicts.set(id, password);
  }
  const password = verdicts.get(id);
  return { passwords: password === undefined ? [] : [password], notes: [] };
}

function* decrypted(
  { encryption, ciphertext }: Pfx['encrypted'][number],
  passwords: readonly string[],
): Generator<Uint8Array> {
  if (encryption.decrypt === undefined || encryption.iterations > MAX_TRIED_ITERATIONS) return;
  for (const password of passwords) yield* encryption.decrypt(ciphertext, password);
}

function bagSecret(bag: Bag, bags: readonly Bag[], pfx: Pfx, trial: Trial): Pkcs12Secret | undefined {
  if (bag.kind === 'certificate') return undefined;
  if (bag.kind === 'key') {
    const key = ifWellFormed(() => parsePkcs8(bag.der.slice()));
    const inside = pfx.bags.includes(bag) ? {} : { notes: [...(key?.notes ?? []), OPENED_NOTE] };
    const secret = key && { ...key, ...inside, form: `${FORM} ${key.form}`, length: pfx.length };
    return secret && { secret, clear: pfx.bags.includes(bag) };
  }
  const shrouded = ifWellFormed(() => {
    const info = new DerCursor(bag.der).enter(TAG.sequence);
    return { encryption: readEncryption(info), ciphertext: info.take(TAG.octetString).content };
  });
  if (shrouded === undefined || shrouded.ciphertext.length < 16) return undefined;
  for (const plain of decrypted(shrouded, trial.passwords)) {
    const key = ifWellFormed(() => parsePkcs8(plain));
    if (key === undefined) continue;
    const notes = [...(key.notes ?? []), OPENED_NOTE];
    return { secret: { ...key, form: `${FORM} ${key.form}`, length: pfx.length, notes }, clear: false };
  }
  const { encryption, ciphertext } = shrouded;
  const notes = [...trial.notes];
  const proven = pfx.mac !== undefined && trial.passwords.length === 1;
  if (proven) notes.push(`keystore ${OPENED_NOTE}`);
  if (encryption.iterations > MAX_TRIED_ITERATIONS) notes.push(untriedNote(encryption.iterations));
  else if (encryption.decrypt === undefined) notes.push('cipher is not one that is decrypted here');
  const own = certificateOf(bag, bags);
  return {
    clear: false,
    secret: {
      kind: 'encrypted-key',
      form: FORM,
      length: pfx.length,
      protection: `${encryption.name}, ${encryption.iterations} iterations`,
      publicKey: own && publicKeyOfCertificate(own.der),
      identity: ciphertext.slice(0, 256),
      notes: [...new Set(notes)],
    },
  };
}

/** The certificate with the same localKeyId; or, of a lone key, the lone certificate. */
function certificateOf({ localKeyId }: Bag, bags: readonly Bag[]): Bag | undefined {
  const certificates = bags.filter(({ kind }) => kind === 'certificate');
  if (localKeyId) return certificates.find((bag) => bag.localKeyId && equalBytes(bag.localKeyId, localKeyId));
  return certificates.length === 1 && bags.length === 2 ? certificates[0] : undefined;
}

function closedSecret(pfx: Pfx, { notes }: Trial): Pkcs12Secret[] {
  const contents = pfx.encrypted[0];
  if (contents === undefined || contents.ciphertext.length < 16) return [];
  const { encryption, ciphertext } = contents;
  const secret: ParsedSecret = {
    kind: 'encrypted-key',
    form: FORM,
    length: pfx.length,
    protection: `${encryption.name}, ${encryption.iterations} iterations`,
    identity: ciphertext.slice(0, 256),
    notes: [...notes, 'all contents are encrypted: whether a key is among them is not known'],
  };
  return [{ secret, clear: false }];
}

/** The result, or undefined where the bytes turn out to be malformed. */
function ifWellFormed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof FormatError || error instanceof BoundsError) return undefined;
    throw error;
  }
}
