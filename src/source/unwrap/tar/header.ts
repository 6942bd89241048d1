/**
 * A tar header block: POSIX.1-2017 pax, "ustar Interchange Format", and the GNU tar manual, "Basic Tar Format". Blocks
 * older than POSIX have no magic; what tells them from other bytes is their checksum.
 */
import { concatBytes, latin1 } from '../../../bytes/convert.js';
import { nameOf, untilZero } from '../framing.js';

export const BLOCK = 512;

export interface TarHeader {
  readonly name: string;
  /** Bytes of data that follow; not a number when the field is none. */
  readonly size: number;
  readonly type: string;
  /** GNU's own variant of the magic, whose bytes from 345 on mean something else. */
  readonly gnu: boolean;
}

/** Numeric fields: octal digits, or from POSIX.1-2001's successors on base 256, marked by the highest bit. */
export function numberAt(block: Uint8Array, at: number, length: number): number {
  const first = block[at] as number;
  if (first >= 0x80) {
    // 0xff begins a negative number, which no size is.
    if (first !== 0x80) return Number.NaN;
    let value = 0;
    for (let i = at + 1; i < at + length; i++) value = value * 256 + (block[i] as number);
    return Number.isSafeInteger(value) ? value : Number.NaN;
  }
  const digits = /^[\0 ]*([0-7]*)[\0 ]*/.exec(latin1(block, at, at + length)) as RegExpExecArray;
  if (digits[0].length !== length) return Number.NaN;
  return digits[1] === '' ? 0 : Number.parseInt(digits[1] as string, 8);
}

/** The sum of all bytes, those of the checksum field itself taken as blanks; old programs summed signed bytes. */
function checksumFits(block: Uint8Array): boolean {
  const declared = numberAt(block, 148, 8);
  let [unsigned, signed] = [0, 0];
  for (let i = 0; i < BLOCK; i++) {
    const byte = i >= 148 && i < 156 ? 0x20 : (block[i] as number);
    unsigned += byte;
    signed += byte < 0x80 ? byte : byte - 256;
  }
  return declared === unsigned || declared === signed;
}

export const isZeros = (block: Uint8Array) => block.every((byte) => byte === 0);

/** A block with a magic, whatever its checksum. */
export const hasMagic = (block: Uint8Array) => block.length >= BLOCK && latin1(block, 257, 262) === 'ustar';

export function parseHeader(block: Uint8Array): TarHeader | undefined {
  // A block of zeros has the sum of eight blanks and no digits that say so.
  if (block.length < BLOCK || latin1(block, 148, 156).trim() === '' || !checksumFits(block)) return undefined;
  const magic = latin1(block, 257, 265);
  const prefix = magic === 'ustar\x0000' ? untilZero(block.subarray(345, 500)) : new Uint8Array(0);
  const name = untilZero(block.subarray(0, 100));
  return {
    name: nameOf(prefix.length > 0 ? concatBytes(prefix, Uint8Array.of(0x2f), name) : name),
    size: numberAt(block, 124, 12),
    type: String.fromCharCode(block[156] as number),
    gnu: magic === 'ustar  \0',
  };
}
