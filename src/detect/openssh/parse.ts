/**
 * The `openssh-key-v1` container (PROTOCOL.key of OpenSSH): magic, cipher, KDF and its options, public blobs, and one
 * section with the private serialisations, which is encrypted or not.
 */
import { latin1 } from '../../bytes/convert.js';
import { checkedCount, checkedSize } from '../../bytes/read.js';
import { BoundsError, FormatError } from '../../errors.js';
import type { ParsedSecret, PublicKey } from '../../types.js';
import { parseSshPublicKey, SshFields } from '../text/ssh-blob.js';
import { readWirePrivateKey, shortText } from './private-wire.js';

/** With its terminating NUL. */
export const OPENSSH_MAGIC = 'openssh-key-v1\0';

const FORM = 'OpenSSH private key';

/** OpenSSH itself writes one key a file, and reads no other. */
const MAX_KEYS = 16;

/** Private sections are a few kilobytes even for 16384-bit RSA. */
const MAX_SECTION = 64 * 1024;

const CUT = 'structure cut or damaged';

/** Bytes of the authentication tag that follows the section, by cipher (cipher.c of OpenSSH). */
const TAG_LENGTH: Readonly<Record<string, number>> = {
  'aes128-gcm@openssh.com': 16,
  'aes256-gcm@openssh.com': 16,
  'chacha20-poly1305@openssh.com': 16,
};

/**
 * The keys of a container that begins at index 0; trailing bytes are allowed. None for hardware-backed `sk-…` keys.
 * FormatError or BoundsError when it is none; a cut one gives what is there, marked as not whole.
 */
export function parseOpenSshPrivateKey(bytes: Uint8Array): ParsedSecret[] {
  if (latin1(bytes, 0, OPENSSH_MAGIC.length) !== OPENSSH_MAGIC) throw new FormatError('OpenSSH private key magic');
  const fields = new SshFields(bytes.subarray(OPENSSH_MAGIC.length));
  const cipher = shortText(fields);
  const kdf = shortText(fields);
  const kdfOptions = fields.string();
  const count = checkedCount(fields.uint32(), 1, MAX_KEYS, 'number of OpenSSH keys');
  const publicBlobs = Array.from({ length: count }, () => fields.string());
  const declared = checkedSize(fields.uint32(), MAX_SECTION, 'OpenSSH private section');
  const start = OPENSSH_MAGIC.length + fields.position;
  const section = bytes.subarray(start, Math.min(bytes.length, start + declared));
  const cut = section.length < declared;
  if (cipher === 'none') return readPlain(section, count, cut, start);

  if (section.length < 16) throw new BoundsError('OpenSSH ciphertext is cut');
  const length = Math.min(bytes.length, start + declared + (TAG_LENGTH[cipher] ?? 0));
  const protection = `${cipher}, ${describeKdf(kdf, kdfOptions)}`;
  const identity = section.slice(0, 256);
  return publicBlobs.map((blob) => ({
    kind: 'encrypted-key',
    form: FORM,
    length,
    protection,
    publicKey: publicKeyOf(blob),
    identity,
    ...(cut && { notes: [CUT] }),
  }));
}

/** Two equal random integers, then each key with its comment, then padding 1, 2, 3 … to the cipher's block. */
function readPlain(section: Uint8Array, count: number, cut: boolean, start: number): ParsedSecret[] {
  const head = new SshFields(section);
  const [first, second] = [head.uint32(), head.uint32()];
  const keys: ReturnType<typeof readWirePrivateKey>[] = [];
  let at = head.position;
  // Where they differ, one of them is damaged or the key is: arithmetic decides.
  const agree = first === second;
  let intact = !cut && agree;
  try {
    for (let i = 0; i < count; i++) {
      const wire = readWirePrivateKey(section.subarray(at));
      keys.push(wire);
      at += wire.length;
      // What follows a hardware key's type is not read.
      if (wire.key === undefined) break;
      const comment = new SshFields(section.subarray(at));
      comment.string();
      at += comment.position;
    }
    if (keys.at(-1)?.key !== undefined) intact &&= section.subarray(at).every((byte, i) => byte === i + 1);
  } catch (error) {
    if (!(error instanceof BoundsError) || keys.length === 0) throw error;
    intact = false;
  }
  return keys.flatMap(({ key, whole }) =>
    key === undefined
      ? []
      : {
          kind: 'private-key',
          form: FORM,
          length: start + section.length,
          key,
          whole: whole && intact,
          ...(agree && { checked: 'OpenSSH check integers agree' }),
        },
  );
}

function describeKdf(kdf: string, options: Uint8Array): string {
  if (kdf !== 'bcrypt') return kdf;
  const fields = new SshFields(options);
  fields.string();
  return `bcrypt with ${fields.uint32()} rounds`;
}

/** Undefined for a certificate, a hardware key, or a blob that is damaged. */
function publicKeyOf(blob: Uint8Array): PublicKey | undefined {
  try {
    return parseSshPublicKey(blob);
  } catch (error) {
    if (error instanceof FormatError || error instanceof BoundsError) return undefined;
    throw error;
  }
}
