/** The notes of a core: threads, mapped files, auxiliary vector, program name. */
import { latin1 } from '../../bytes/convert.js';
import { checkedCount, Fields, slice } from '../../bytes/read.js';
import { BoundsError } from '../../errors.js';
import type { Thread } from '../../types.js';
import { AT, type ElfLayout, FNAME_LENGTH, MACHINES, NOTE, PRPSINFO } from './format.js';

export interface MappedFile {
  readonly start: bigint;
  readonly end: bigint;
  readonly name: string;
}

export interface CoreNotes {
  readonly threads: Thread[];
  readonly files: MappedFile[];
  program?: string;
  pid?: number;
  signal?: number;
  entry?: bigint;
  vdso?: bigint;
}

/** Adds what one PT_NOTE segment says to `notes`. Stops at the first note that does not fit; returns whether all did. */
export function readNotes(
  bytes: Uint8Array,
  layout: ElfLayout,
  littleEndian: boolean,
  machine: number,
  notes: CoreNotes,
): boolean {
  const fields = new Fields(bytes, littleEndian);
  let at = 0;
  // Each note: namesz, descsz, type, name, desc; both padded to 4 bytes.
  while (at + 12 <= bytes.length) {
    const [nameSize, descSize, type] = [fields.u32(at), fields.u32(at + 4), fields.u32(at + 8)];
    const desc = at + 12 + padded(nameSize);
    if (desc + descSize > bytes.length) return false;
    const name = latin1(bytes, at + 12, at + 12 + Math.min(nameSize, 16)).replace(/\0.*$/s, '');
    try {
      if (name === 'CORE') readNote(type, slice(bytes, desc, descSize), layout, littleEndian, machine, notes);
    } catch (error) {
      // A note that contradicts itself costs only what it would have told.
      if (!(error instanceof BoundsError)) throw error;
    }
    at = desc + padded(descSize);
  }
  return true;
}

function padded(size: number): number {
  return Math.ceil(size / 4) * 4;
}

function readNote(
  type: number,
  bytes: Uint8Array,
  layout: ElfLayout,
  littleEndian: boolean,
  machine: number,
  notes: CoreNotes,
): void {
  const fields = new Fields(bytes, littleEndian);
  const word = (at: number) => (layout.word === 8 ? fields.u64(at) : BigInt(fields.u32(at)));
  switch (type) {
    case NOTE.prstatus: {
      const register = MACHINES[machine]?.stackPointer;
      const stackPointer =
        register === undefined ? undefined : word(layout.prstatus.registers + register * layout.word);
      notes.threads.push({ id: fields.i32(layout.prstatus.pid), stackPointer });
      break;
    }
    case NOTE.prpsinfo: {
      const info = PRPSINFO[bytes.length];
      if (info === undefined) break;
      notes.pid = fields.i32(info.pid);
      // Only the program's name: its arguments, which follow, may hold passwords.
      notes.program = latin1(slice(bytes, info.fname, FNAME_LENGTH)).replace(/\0.*$/s, '');
      break;
    }
    case NOTE.siginfo:
      notes.signal = fields.i32(0);
      break;
    case NOTE.auxv:
      for (let at = 0; at + 2 * layout.word <= bytes.length; at += 2 * layout.word) {
        const key = word(at);
        if (key === BigInt(AT.entry)) notes.entry = word(at + layout.word);
        if (key === BigInt(AT.sysinfoEhdr)) notes.vdso = word(at + layout.word);
      }
      break;
    case NOTE.file:
      notes.files.push(...readFiles(bytes, layout.word, word));
      break;
  }
}

/** NT_FILE: count, page size, count × {start, end, file offset in pages}, then as many NUL-terminated names. */
function readFiles(bytes: Uint8Array, size: number, word: (at: number) => bigint): MappedFile[] {
  const count = checkedCount(word(0), 3 * size, bytes.length - 2 * size, 'count of mapped files');
  let name = 2 * size + count * 3 * size;
  return Array.from({ length: count }, (_, index) => {
    const at = 2 * size + index * 3 * size;
    const end = bytes.indexOf(0, name);
    const text = Buffer.from(bytes.subarray(name, end < 0 ? bytes.length : end)).toString('utf8');
    name = end < 0 ? bytes.length : end + 1;
    return { start: word(at), end: word(at + size), name: text };
  });
}
