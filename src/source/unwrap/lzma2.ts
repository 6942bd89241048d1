/** LZMA2: chunks of LZMA and of bytes as they stand; what xz and 7z hold. */
import type { Chunks } from './chunks.js';
import { LzmaDecoder, lzmaProperties, SYMBOL_INPUT } from './lzma-decoder.js';
import { BlockError, type Packed } from './packed.js';

/** The dictionary that a byte of properties asks for: mantissa of two bits, exponent (xz file format 1.2.1, 5.3.1). */
export function lzma2Dictionary(bits: number): number {
  if (bits > 40) throw new BlockError();
  return bits === 40 ? 2 ** 32 - 1 : (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);
}

/** The data of the chunks, up to the one that ends them. xz's doc/history and lzma2_decoder.c define the control bytes. */
export async function* lzma2(packed: Packed, dictionarySize: number): Chunks {
  const decoder = new LzmaDecoder(dictionarySize);
  let fresh = true;
  for (;;) {
    const at = packed.offset;
    const control = await packed.u8();
    if (control === 0) return;
    if (control >= 0xe0 || control === 1) {
      decoder.resetDictionary();
      fresh = false;
    } else if (fresh) throw packed.damaged(at);
    if (control < 0x80) {
      if (control > 2) throw packed.damaged(at);
      const [high = 0, low = 0] = await packed.exactly(2);
      decoder.copy(await packed.exactly(((high << 8) | low) + 1));
      yield decoder.take();
      continue;
    }
    const [high = 0, low = 0, packedHigh = 0, packedLow = 0] = await packed.exactly(4);
    const size = (((control & 0x1f) << 16) | (high << 8) | low) + 1;
    const packedSize = ((packedHigh << 8) | packedLow) + 1;
    if (control >= 0xc0) {
      const byte = await packed.u8();
      const properties = packed.decode(at, () => lzmaProperties(byte));
      if (properties.lc + properties.lp > 4) throw packed.damaged(at);
      decoder.resetState(properties);
    } else if (!decoder.ready) throw packed.damaged(at);
    else if (control >= 0xa0) decoder.resetState();
    if (packedSize < 5) throw packed.damaged(at);
    const input = new Uint8Array(packedSize + SYMBOL_INPUT);
    const chunk = await packed.take(packedSize);
    input.set(chunk);
    // The last symbols may take no byte. What is there of a chunk that was cut off is worth decoding, up to the last symbol that is surely whole.
    const end = chunk.length < packedSize ? chunk.length - SYMBOL_INPUT : packedSize + 1;
    if (end >= 5) {
      let broken: unknown;
      try {
        decoder.start(input.subarray(0, 5));
        const done = decoder.decode(input, 5, end, size);
        if (chunk.length === packedSize && (done.at !== packedSize || done.made !== size || !decoder.finished)) {
          broken = new BlockError();
        }
      } catch (error) {
        broken = error;
      }
      yield decoder.take();
      packed.decode(at, () => {
        if (broken !== undefined) throw broken;
      });
    }
    if (chunk.length < packedSize) throw packed.truncated();
  }
}
