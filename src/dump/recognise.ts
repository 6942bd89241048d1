/**
 * Formats and wrappers that are recognised by their magic and not opened: their bytes are scanned as they stand, and the
 * report says what that leaves out.
 */

interface Recognised {
  readonly format: string;
  readonly magic: Uint8Array;
  /** Where the magic stands; 0 when absent. */
  readonly at?: number;
  /** What else must hold, for magics that ordinary files begin with, too. */
  readonly when?: (head: Uint8Array) => boolean;
}

const hex = (digits: string) => Uint8Array.from(Buffer.from(digits, 'hex'));
const text = (characters: string) => Uint8Array.from(Buffer.from(characters, 'latin1'));

type Rest = Pick<Recognised, 'at' | 'when'>;
const packed = (format: string, magic: Uint8Array, rest: Rest = {}): Recognised => ({
  format,
  magic,
  ...rest,
});
/** PO_MEMORY_IMAGE: the signature, then a small 32-bit number (image type, once a version). Text has letters there. */
const hibernation = { when: (head: Uint8Array) => head.length >= 8 && head[5] === 0 && head[6] === 0 && head[7] === 0 };

const TABLE: readonly Recognised[] = [
  packed('lzip', text('LZIP')), // lzip manual, "File format"
  packed('compress', hex('1f9d')), // compress(1): .Z
  packed('squashfs', text('hsqs')),
  packed('rar', hex('526172211a07')),
  packed('kdump-compressed', text('KDUMP   ')), // makedumpfile IMPLEMENTATION
  packed('kdump-flattened', text('makedumpfile\0')),
  packed('avml', hex('41564d4c02000000')), // "AVML", version 2: snappy blocks
  packed('hyper-v-saved-state', hex('14202801')), // HyperVStorage header, .vmrs and .vmcx
  ...['HIBR', 'RSTR', 'WAKE', 'hibr', 'rstr', 'wake'].map((word) =>
    packed('hibernation-file', text(word), hibernation),
  ),
  packed('libvirt-save', text('LibvirtQemudSave')),
  packed('libvirt-save', text('LibvirtQemudPart')),
  packed('qcow2', hex('514649fb')),
];

/** Bytes that `recognise` wants to see. */
export const RECOGNISE_LENGTH = 512;

export function recognise(head: Uint8Array): Recognised | undefined {
  return TABLE.find(
    ({ magic, at = 0, when }) => magic.every((byte, index) => head[at + index] === byte) && (when?.(head) ?? true),
  );
}
