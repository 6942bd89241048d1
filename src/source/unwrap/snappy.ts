/** snappy's framing: framing_format.txt of google/snappy. There is no end mark; a cut between chunks cannot be seen. */
import { maskedCrc32c } from '../../bytes/crc32c.js';
import { Fields } from '../../bytes/read.js';
import { snappyBlock } from '../../bytes/snappy-block.js';
import type { Chunks } from './chunks.js';
import { framed } from './framed.js';
import type { Packed } from './packed.js';
import { startsWith } from './skippable.js';

const IDENTIFIER = [0xff, 6, 0, 0, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59];
const isStream = (head: Uint8Array) => startsWith(head, IDENTIFIER);

export const snappy = framed({ name: 'snappy', matches: isStream, magicLength: 10, begins: isStream, frame: stream });

/** No chunk holds more, unpacked; and packed, snappy's MaxCompressedLength. */
const MOST = 65536;
const MOST_PACKED = 4 + 32 + MOST + Math.floor(MOST / 6);
const COMPRESSED = 0;
const UNCOMPRESSED = 1;
/** From here on chunks of unknown kinds may be skipped. */
const SKIPPABLE = 0x80;
const STREAM_IDENTIFIER = 0xff;

async function* stream(packed: Packed): Chunks {
  const output = new Uint8Array(MOST);
  for (;;) {
    const header = await packed.take(4);
    if (header.length === 0) return;
    const [kind = 0, low = 0, middle = 0, high = 0] = header;
    const length = low | (middle << 8) | (high << 16);
    const at = packed.offset - header.length;
    if (kind > UNCOMPRESSED && kind < SKIPPABLE) {
      const what = `a chunk of unknown kind at packed byte ${at}: what follows was scanned as it stands`;
      packed.tell('UNPACK_UNSUPPORTED', what, true);
      return packed.unread(header);
    }
    if (header.length < 4) throw packed.truncated();
    // No chunk is empty: padding.
    if (header.every((byte) => byte === 0)) return packed.unread(header);
    if (kind === STREAM_IDENTIFIER) {
      if (length !== 6 || !isStream(Buffer.concat([header, await packed.exactly(6)]))) throw packed.damaged(at);
    } else if (kind >= SKIPPABLE) {
      await packed.passOver(length);
    } else yield* chunk(packed, kind, length, output);
  }
}

async function* chunk(packed: Packed, kind: number, length: number, output: Uint8Array): Chunks {
  const at = packed.offset - 4;
  if (length < 4 || length > MOST_PACKED) throw packed.damaged(at);
  const bytes = await packed.take(length);
  const input = bytes.subarray(4);
  let [data, sound] = [input, input.length <= MOST];
  if (kind === COMPRESSED) {
    const decoded = snappyBlock(input, output);
    data = output.subarray(0, decoded.end);
    sound = decoded.sound;
  }
  if (sound || kind === COMPRESSED) yield data;
  if (bytes.length < length) throw packed.truncated();
  if (!sound) throw packed.damaged(at);
  if (new Fields(bytes, true).u32(0) !== maskedCrc32c(data)) packed.mismatch('the checksum of a chunk');
}
