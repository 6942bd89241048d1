/**
 * The private key file of ssh.com's and Tectia's SSH2 (`---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----`), which is labelled
 * so even when it is not encrypted. Layout after import.c of PuTTY: magic 3f6ff9eb, total length, key type, cipher,
 * and a string that holds a length and, for RSA, e d n u p q; for DSA 0 p g q y x.
 */
import { bigintFromBytes } from '../../bytes/convert.js';
import { checkedSize } from '../../bytes/read.js';
import { FormatError } from '../../errors.js';
import type { ParsedSecret, PrivateKey } from '../../types.js';
import { SshFields } from './ssh-blob.js';

const MAGIC = 0x3f6ff9eb;
const FORM = 'SSH2 private key';

/** BoundsError or FormatError when the bytes are no such structure. */
export function parseSshComPrivateKey(bytes: Uint8Array): ParsedSecret {
  const fields = new SshFields(bytes);
  if (fields.uint32() !== MAGIC) throw new FormatError('SSH2 private key magic');
  const length = checkedSize(fields.uint32(), bytes.length, 'SSH2 private key');
  const type = fields.text();
  const cipher = fields.text();
  const body = fields.string();
  if (!/^[\x21-\x7e]{1,128}$/.test(type) || !/^[a-z0-9-]{1,32}$/.test(cipher)) throw new FormatError('SSH2 key type');
  if (cipher !== 'none') {
    if (body.length < 16) throw new FormatError('SSH2 ciphertext');
    return { kind: 'encrypted-key', form: FORM, length, protection: cipher, identity: body.slice() };
  }
  const inner = new SshFields(body);
  const plain = new SshFields(inner.string());
  return { kind: 'private-key', form: FORM, length, key: parseNumbers(type, plain), whole: true };
}

function parseNumbers(type: string, fields: SshFields): PrivateKey {
  if (type.startsWith('if-modn')) {
    const e = number(fields);
    const d = number(fields);
    const n = number(fields);
    // Named after the file's order: u is the inverse of its p modulo its q, so the two primes change places here.
    const qInv = number(fields);
    const q = number(fields);
    const p = number(fields);
    return { type: 'rsa', n, e, d, p, q, qInv };
  }
  if (!type.startsWith('dl-modp')) throw new FormatError('unknown SSH2 key type');
  if (fields.uint32() !== 0) throw new FormatError('SSH2 DSA parameters are predefined');
  const p = number(fields);
  const g = number(fields);
  const q = number(fields);
  const y = number(fields);
  return { type: 'dsa', p, g, q, y, x: number(fields) };
}

/** A count of bits, then that many bits in whole bytes. */
function number(fields: SshFields): bigint {
  const bits = checkedSize(fields.uint32(), 32768, 'SSH2 number');
  return bigintFromBytes(fields.take(Math.ceil(bits / 8)));
}
