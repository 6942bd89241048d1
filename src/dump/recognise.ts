/**
 * Formats and wrappers that are recognised by their magic and not opened: their bytes are scanned as they stand, and the
 * report says what that leaves out.
 */
import { latin1 } from '../bytes/convert.js';

interface Recognised {
  readonly format: string;
  readonly magic: Uint8Array;
  /** Where the magic stands; 0 when absent. */
  readonly at?: number;
  /** Why a scan of the raw bytes is not the whole truth. */
  readonly code: 'COMPRESSED_NOT_UNPACKED' | 'FORMAT_NOT_MAPPED';
  /** What else must hold, for magics that ordinary files begin with, too. */
  readonly when?: (head: Uint8Array) => boolean;
}

const hex = (digits: string) => Uint8Array.from(Buffer.from(digits, 'hex'));
const text = (characters: string) => Uint8Array.from(Buffer.from(characters, 'latin1'));

type Rest = Pick<Recognised, 'at' | 'when'>;
const packed = (format: string, magic: Uint8Array, rest: Rest = {}): Recognised => ({
  format,
  magic,
  code: 'COMPRESSED_NOT_UNPACKED',
  ...rest,
});
const unmapped = (format: string, magic: Uint8Array, rest: Rest = {}): Recognised => ({
  format,
  magic,
  code: 'FORMAT_NOT_MAPPED',
  ...rest,
});

/** PO_MEMORY_IMAGE: the signature, then a small 32-bit number (image type, once a version). Text has letters there. */
const hibernation = { when: (head: Uint8Array) => head.length >= 8 && head[5] === 0 && head[6] === 0 && head[7] === 0 };

/** lzma-file-format.txt: the uncompressed size at 5, 64 bits, all ones when it is not known. */
function isLzmaSize(head: Uint8Array): boolean {
  const size = head.subarray(5, 13);
  return size.every((byte) => byte === 0xff) || (size[6] === 0 && size[7] === 0);
}

const TABLE: readonly Recognised[] = [
  packed('gzip', hex('1f8b08')), // RFC 1952
  packed('zstd', hex('28b52ffd')), // RFC 8878
  packed('xz', hex('fd377a585a00')), // xz file format 1.2.1
  // Level, then the number of the first block (digits of π) or, in an empty file, of the end (of its root).
  packed('bzip2', text('BZh'), { when: (head) => ['1AY&SY', '\x17rE8P\x90'].includes(latin1(head, 4, 10)) }),
  // Skippable frames, 0x184D2A50 to 5F, which pzstd and lz4 write first.
  ...Array.from({ length: 16 }, (_, i) => packed('zstd', Uint8Array.of(0x50 + i, 0x2a, 0x4d, 0x18))),
  packed('lzma', hex('5d0000'), {
    when: (head) => head.length > 13 && (head[3] === 0 || head[4] === 0) && isLzmaSize(head),
  }),
  packed('lzip', text('LZIP')), // lzip manual, "File format"
  packed('compress', hex('1f9d')), // compress(1): .Z
  packed('squashfs', text('hsqs')),
  packed('lz4', hex('04224d18')), // lz4 frame format 1.6
  packed('lz4', hex('02214c18')), // its legacy frame
  packed('snappy', hex('ff060000734e61507059')), // framing_format.txt
  packed('lzop', hex('894c5a4f000d0a1a0a')),
  packed('zip', hex('504b0304')), // PKWARE APPNOTE
  packed('zip', hex('504b0506')),
  packed('7z', hex('377abcaf271c')),
  packed('cab', text('MSCF')),
  packed('rar', hex('526172211a07')),
  packed('kdump-compressed', text('KDUMP   ')), // makedumpfile IMPLEMENTATION
  packed('kdump-flattened', text('makedumpfile\0')),
  packed('apport-crash', text('ProblemType: ')),
  packed('avml', hex('41564d4c02000000')), // "AVML", version 2: snappy blocks
  packed('hyper-v-saved-state', hex('14202801')), // HyperVStorage header, .vmrs and .vmcx
  ...['HIBR', 'RSTR', 'WAKE', 'hibr', 'rstr', 'wake'].map((word) =>
    packed('hibernation-file', text(word), hibernation),
  ),
  packed('libvirt-save', text('LibvirtQemudSave')),
  packed('libvirt-save', text('LibvirtQemudPart')),
  packed('qcow2', hex('514649fb')),
  // What Breakpad's and Chromium's uploaders leave behind: a boundary line, then the parts, one of them a minidump.
  unmapped('multipart-minidump', text('--'), {
    when: (head) => /^--\S+\r?\nContent-Disposition: form-data;/.test(latin1(head)),
  }),
  unmapped('tar', text('ustar'), { at: 257 }),
];

/** Bytes that `recognise` wants to see. */
export const RECOGNISE_LENGTH = 512;

export function recognise(head: Uint8Array): Recognised | undefined {
  return TABLE.find(
    ({ magic, at = 0, when }) => magic.every((byte, index) => head[at + index] === byte) && (when?.(head) ?? true),
  );
}
