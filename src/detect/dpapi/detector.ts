/**
 * Blobs of the Windows Data Protection API: secrets of a user or a machine, sealed under a master key that is kept apart.
 * Layout: version 1, GUID of the provider, version and GUID of the master key, flags, description, cipher, its key's bits,
 * salt (J.-M. Picod and E. Bursztein, "Reversing DPAPI and stealing Windows secrets offline", Black Hat DC 2010). All
 * fields are little-endian.
 */
import { checkedSize, Fields, slice } from '../../bytes/read.js';
import { FormatError } from '../../errors.js';
import { type Detector, type Hit, hexAnchor, type Sink } from '../detector.js';

/** {df9d8cd0-1501-11d1-8c7a-00c04fc297eb} */
const PROVIDER = 'd08c9ddf0115d1118c7a00c04fc297eb';
/** Bytes before it. */
const VERSION_LENGTH = 4;
const MAX_DESCRIPTION = 4096;
const MAX_FIELD = 128;
const MAX_DATA = 1024 * 1024;

/** CALG_… of wincrypt.h. */
const CIPHERS: ReadonlyMap<number, string> = new Map([
  [0x6601, 'DES'],
  [0x6603, '3DES'],
  [0x660e, 'AES-128'],
  [0x660f, 'AES-192'],
  [0x6610, 'AES-256'],
]);

export const dpapiDetector: Detector = {
  name: 'dpapi-blob',
  anchors: [hexAnchor(PROVIDER)],
  detect({ bytes, at }: Hit, sink: Sink): void {
    if (at < VERSION_LENGTH) return;
    const from = at - VERSION_LENGTH;
    const blob = readBlob(bytes.subarray(from));
    sink.secret('dpapi-blob', from, from + blob.length, {
      kind: 'encrypted-key',
      form: 'DPAPI blob',
      length: blob.length,
      protection: `DPAPI, ${blob.cipher}`,
      identity: blob.identity,
    });
  },
};

/** `identity`: salt and data, which make it this one. */
function readBlob(bytes: Uint8Array): { length: number; cipher: string; identity: Uint8Array } {
  const fields = new Fields(bytes, true);
  if (fields.u32(0) !== 1 || fields.u32(20) !== 1) throw new FormatError('DPAPI version');
  let at = 44 + checkedSize(fields.u32(44), MAX_DESCRIPTION, 'DPAPI description') + 4;
  const cipher = CIPHERS.get(fields.u32(at));
  if (cipher === undefined) throw new FormatError('DPAPI cipher');
  at += 8;
  const part = (limit: number) => {
    const length = checkedSize(fields.u32(at), limit, 'DPAPI field');
    const value = slice(bytes, at + 4, length);
    at += 4 + length;
    return value;
  };
  const salt = part(MAX_FIELD);
  part(MAX_FIELD);
  // The hash, and its bits.
  at += 8;
  part(MAX_FIELD);
  const data = part(MAX_DATA);
  part(MAX_FIELD);
  if (salt.length === 0 || data.length === 0) throw new FormatError('DPAPI without data');
  return { length: at, cipher, identity: Buffer.concat([salt, data]) };
}
