/**
 * Formats and wrappers that are recognised by their magic and not opened: their bytes are scanned as they stand, and the
 * report says what that leaves out.
 */
interface Recognised {
  readonly format: string;
  readonly magic: Uint8Array;
  /** Where the magic stands; 0 when absent. */
  readonly at?: number;
  /** Why a scan of the raw bytes is not the whole truth. */
  readonly code: 'COMPRESSED_NOT_UNPACKED' | 'FORMAT_NOT_MAPPED';
}

const hex = (digits: string) => Uint8Array.from(Buffer.from(digits, 'hex'));
const text = (characters: string) => Uint8Array.from(Buffer.from(characters, 'latin1'));
const packed = (format: string, magic: Uint8Array, at = 0): Recognised => ({
  format,
  magic,
  at,
  code: 'COMPRESSED_NOT_UNPACKED',
});
const unmapped = (format: string, magic: Uint8Array, at = 0): Recognised => ({
  format,
  magic,
  at,
  code: 'FORMAT_NOT_MAPPED',
});

const TABLE: readonly Recognised[] = [
  packed('gzip', hex('1f8b08')), // RFC 1952
  packed('zstd', hex('28b52ffd')), // RFC 8878
  packed('xz', hex('fd377a585a00')), // xz file format 1.2.1
  packed('bzip2', text('BZh')),
  packed('lz4', hex('04224d18')), // lz4 frame format 1.6
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
  packed('hyper-v-saved-state', text('VMRS')),
  packed('hibernation-file', text('HIBR')),
  packed('hibernation-file', text('hibr')),
  packed('hibernation-file', text('WAKE')),
  packed('hibernation-file', text('wake')),
  packed('libvirt-save', text('LibvirtQemudSave')),
  packed('libvirt-save', text('LibvirtQemudPart')),
  packed('qcow2', hex('514649fb')),
  unmapped('windows-kernel-dump-64', text('PAGEDU64')),
  unmapped('windows-kernel-dump-32', text('PAGEDUMP')),
  unmapped('lime', hex('454d694c01000000')), // LiME header, little-endian
  unmapped('vmware-state', hex('d0bed0be')),
  unmapped('vmware-state', hex('d2bed2be')),
  unmapped('vmware-state', hex('d3bed3be')),
  unmapped('hprof', text('JAVA PROFILE 1.0.')),
  unmapped('go-heap-dump', text('go1.7 heap dump\n')),
  unmapped('mach-o-core', hex('cffaedfe')),
  unmapped('mach-o-core', hex('cefaedfe')),
  unmapped('tar', text('ustar'), 257),
];

/** Bytes that `recognise` wants to see. */
export const RECOGNISE_LENGTH = 512;

export function recognise(head: Uint8Array): Recognised | undefined {
  return TABLE.find(({ magic, at = 0 }) => magic.every((byte, index) => head[at + index] === byte));
}
