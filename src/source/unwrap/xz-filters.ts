/** The filters that stand between LZMA2 and the data of an xz block: delta and x86. */

/** Changes bytes in place; gives how many are final. The rest comes again, with more behind it. */
export interface Filter {
  decode(bytes: Uint8Array, last: boolean): number;
}

/** xz file format 1.2.1, section 5.3.3. */
export function delta(distance: number): Filter {
  const history = new Uint8Array(256);
  let at = 0;
  return {
    decode(bytes) {
      for (let i = 0; i < bytes.length; i++) {
        const value = ((bytes[i] as number) + (history[(distance + at) & 0xff] as number)) & 0xff;
        bytes[i] = value;
        history[at-- & 0xff] = value;
      }
      return bytes.length;
    },
  };
}

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
