/**
 * Filters for machine code: targets of calls and jumps are absolute when packed. After Igor Pavlov's x86.c, Bra.c and
 * Lasse Collin's arm64.c, in the public domain or 0BSD. The identifiers are xz's (file format 1.2.1, section 5.3.2), and
 * 7z's since version 23.
 */
import type { Filter } from './filters.js';

const ALLOWED = [true, true, true, false, true, false, false, false];
const BIT_NUMBER = [0, 1, 2, 2, 3, 3, 3, 3];
const isSign = (byte: number | undefined) => byte === 0 || byte === 0xff;

/** Section 5.3.2: targets of CALL and JMP, absolute when packed. After Igor Pavlov's x86.c, in the public domain. */
export function x86(startOffset = 0): Filter {
  let position = startOffset;
  let previous = 0;
  return {
    decode(bytes, last) {
      if (bytes.length < 5) {
        position += last ? bytes.length : 0;
        return last ? bytes.length : 0;
      }
      let at = 0;
      let before = -1;
      let mask = previous;
      const limit = bytes.length - 4;
      for (; at < limit; at++) {
        if (((bytes[at] as number) & 0xfe) !== 0xe8) continue;
        const distance = at - before;
        before = at;
        if (distance > 3) mask = 0;
        else {
          mask = (mask << (distance - 1)) & 7;
          if (mask !== 0) {
            const byte = bytes[at + 4 - (BIT_NUMBER[mask] as number)];
            if (!ALLOWED[mask] || isSign(byte)) {
              mask = ((mask << 1) & 7) | 1;
              continue;
            }
          }
        }
        if (!isSign(bytes[at + 4])) {
          mask = ((mask << 1) & 7) | 1;
          continue;
        }
        const view = new DataView(bytes.buffer, bytes.byteOffset + at + 1, 4);
        let source = view.getUint32(0, true);
        let target = 0;
        for (;;) {
          target = (source - (position + at + 5)) >>> 0;
          if (mask === 0) break;
          const bit = (BIT_NUMBER[mask] as number) * 8;
          if (!isSign((target >>> (24 - bit)) & 0xff)) break;
          source = (target ^ (2 ** (32 - bit) - 1)) >>> 0;
        }
        view.setUint32(0, ((target & 0x01ffffff) | (target & 0x01000000 ? 0xff000000 : 0)) >>> 0, true);
        at += 4;
        mask = 0;
      }
      const distance = at - before;
      previous = distance > 3 ? 0 : mask << (distance - 1);
      const done = last ? bytes.length : at;
      position = (position + done) >>> 0;
      return done;
    },
  };
}

/** Instructions of one length; `undo` changes the one at `at`, whose address is `address`, and gives its length or 0. */
function branches(length: number, step: number, undo: (view: DataView, at: number, address: number) => number) {
  return (startOffset = 0): Filter => {
    let position = startOffset;
    return {
      decode(bytes, last) {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        let at = 0;
        while (at + length <= bytes.length) at += undo(view, at, (position + at) >>> 0) || step;
        const done = last ? bytes.length : at;
        position = (position + done) >>> 0;
        return done;
      },
    };
  };
}

const powerpc = branches(4, 4, (view, at, address) => {
  const word = view.getUint32(at);
  if (word >>> 26 === 0x12 && (word & 3) === 1) {
    view.setUint32(at, (0x48000000 | (((word & 0x03fffffc) - address) & 0x03fffffc) | 1) >>> 0);
  }
  return 4;
});

const arm = branches(4, 4, (view, at, address) => {
  const word = view.getUint32(at, true);
  if (word >>> 24 === 0xeb) {
    const target = (((word & 0xffffff) << 2) - (address + 8)) >>> 2;
    view.setUint32(at, (0xeb000000 | (target & 0xffffff)) >>> 0, true);
  }
  return 4;
});

const thumb = branches(4, 2, (view, at, address) => {
  const [first, second] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
  if ((first & 0xf800) !== 0xf000 || (second & 0xf800) !== 0xf800) return 2;
  const source = (((first & 0x7ff) << 11) | (second & 0x7ff)) << 1;
  const target = (source - (address + 4)) >>> 1;
  view.setUint16(at, 0xf000 | ((target >>> 11) & 0x7ff), true);
  view.setUint16(at + 2, 0xf800 | (target & 0x7ff), true);
  return 4;
});

const sparc = branches(4, 4, (view, at, address) => {
  const word = view.getUint32(at);
  if (word >>> 22 === 0x100 || word >>> 22 === 0x1ff) {
    const target = ((word << 2) - address) >>> 2;
    const sign = target & 0x400000 ? 0x3fc00000 : 0;
    view.setUint32(at, (0x40000000 | sign | (target & 0x3fffff)) >>> 0);
  }
  return 4;
});

/** BL, and ADRP within half a gigabyte. */
const arm64 = branches(4, 4, (view, at, address) => {
  const word = view.getUint32(at, true);
  if (word >>> 26 === 0x25) {
    view.setUint32(at, (0x94000000 | ((word - (address >>> 2)) & 0x03ffffff)) >>> 0, true);
  } else if ((word & 0x9f000000) >>> 0 === 0x90000000) {
    const source = ((word >>> 29) & 3) | ((word >>> 3) & 0x1ffffc);
    if ((source + 0x20000) & 0x1c0000) return 4;
    const target = source - (address >>> 12);
    const sign = target & 0x20000 ? 0xe00000 : 0;
    const low = ((target & 3) << 29) | ((target & 0x3fffc) << 3) | sign;
    view.setUint32(at, ((word & 0x9000001f) | low) >>> 0, true);
  }
  return 4;
});

/** By their identifier; each takes the address of the first byte. */
export const BRANCHES: ReadonlyMap<number, (startOffset?: number) => Filter> = new Map([
  [4, x86],
  [5, powerpc],
  [7, arm],
  [8, thumb],
  [9, sparc],
  [10, arm64],
]);
