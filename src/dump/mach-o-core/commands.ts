/** The load commands of a Mach-O core: segments, threads, notes. */
import { latin1 } from '../../bytes/convert.js';
import { Fields, slice } from '../../bytes/read.js';
import type { Thread } from '../../types.js';
import { COMMAND, CPUS, LC, type MachLayout, NOTE } from './format.js';

/** One segment. Sizes above 2^53 are rounded: no file reaches there. */
export interface Segment {
  readonly address: bigint;
  readonly memorySize: number;
  readonly offset: number;
  readonly fileSize: number;
  readonly protection: number;
}

export interface Note {
  readonly owner: string;
  readonly offset: number;
  readonly length: number;
}

export interface Commands {
  readonly segments: Segment[];
  readonly threads: Thread[];
  readonly notes: Note[];
  /** Declared commands that are not there, or do not fit. */
  missing: number;
}

/** Reads up to `count` commands; stops at the first that does not fit. Threads have no ids here: they are counted. */
export function readCommands(
  bytes: Uint8Array,
  littleEndian: boolean,
  count: number,
  cpu: number,
  layout: MachLayout,
): Commands {
  const commands: Commands = { segments: [], threads: [], notes: [], missing: 0 };
  const fields = new Fields(bytes, littleEndian);
  const word = (at: number) => (layout.word === 8 ? fields.u64(at) : BigInt(fields.u32(at)));
  let at = 0;
  for (let i = 0; i < count; i++) {
    const length = at + COMMAND <= bytes.length ? fields.u32(at + 4) : 0;
    if (length < COMMAND || at + length > bytes.length) {
      commands.missing = count - i;
      break;
    }
    const command = fields.u32(at);
    const { segment } = layout;
    if (command === segment.command && length >= segment.size) {
      commands.segments.push({
        address: word(at + segment.address),
        memorySize: Number(word(at + segment.memorySize)),
        offset: Number(word(at + segment.offset)),
        fileSize: Number(word(at + segment.fileSize)),
        protection: fields.u32(at + segment.protection),
      });
    } else if (command === LC.thread || command === LC.unixThread) {
      const stackPointer = stackPointerOf(slice(bytes, at, length), littleEndian, cpu);
      commands.threads.push({ id: commands.threads.length + 1, ...(stackPointer !== undefined && { stackPointer }) });
    } else if (command === LC.note && length >= NOTE.size) {
      commands.notes.push({
        owner: latin1(bytes, at + NOTE.owner, at + NOTE.owner + NOTE.ownerLength).replace(/\0.*$/s, ''),
        offset: Number(fields.u64(at + NOTE.offset)),
        length: Number(fields.u64(at + NOTE.length)),
      });
    }
    at += length;
  }
  return commands;
}

/** States follow each other: flavor, count of 32-bit words, words. */
function stackPointerOf(bytes: Uint8Array, littleEndian: boolean, cpu: number): bigint | undefined {
  const known = CPUS[cpu];
  if (known === undefined) return undefined;
  const fields = new Fields(bytes, littleEndian);
  for (let at = COMMAND; at + 8 <= bytes.length; ) {
    const [flavor, words] = [fields.u32(at), fields.u32(at + 4)];
    at += 8;
    if (flavor === known.flavor && known.stackPointer + known.word <= words * 4 && at + words * 4 <= bytes.length) {
      const place = at + known.stackPointer;
      return known.word === 8 ? fields.u64(place) : BigInt(fields.u32(place));
    }
    at += words * 4;
  }
  return undefined;
}
