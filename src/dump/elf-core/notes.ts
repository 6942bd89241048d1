/** The notes of a core: threads, mapped files, auxiliary vector, program name. */
import { latin1 } from '../../bytes/convert.js';
import { checkedCount, Fields, slice } from '../../bytes/read.js';
import { BoundsError } from '../../errors.js';
import type { Thread } from '../../types.js';
import { MAX_VMCOREINFO, NOTE_NAME } from '../elf-vmcore/format.js';
import { AT, type ElfLayout, FNAME_LENGTH, MACHINES, MAX_PRSTATUS32, NOTE, PRPSINFO } from './format.js';

export interface MappedFile {
  readonly start: bigint;
  readonly end: bigint;
  readonly name: string;
}

/** Linux writes no larger NT_FILE than 16 MiB by any setting (core_file_note_size_limit). */
const MAX_FILE_NOTE = 16 * 1024 * 1024;
/** More are left out; a process has 65,530 mappings unless its administrator says otherwise. */
const MAX_FILES = 1 << 19;

export interface CoreNotes {
  readonly threads: Thread[];
  readonly files: MappedFile[];
  program?: string;
  pid?: number;
  signal?: number;
  entry?: bigint;
  vdso?: bigint;
  /** Set when the core is one of a whole machine. */
  machine?: MachineNotes;
}

export interface MachineNotes {
  /** Which program's notes they are. */
  readonly writer: string;
  /** The kernel's text of its own facts; empty when there is none. */
  readonly vmcoreinfo: Uint8Array;
  /** Notes of processors, besides those of threads. */
  readonly processors: number;
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
      else readMachineNote(name, slice(bytes, desc, descSize), notes);
    } catch (error) {
      // A note that contradicts itself costs only what it would have told.
      if (!(error instanceof BoundsError)) throw error;
    }
    at = desc + padded(descSize);
  }
  return true;
}

/** Notes that only the core of a whole machine has. */
function readMachineNote(name: string, desc: Uint8Array, notes: CoreNotes): void {
  const known = notes.machine ?? { writer: 'kdump', vmcoreinfo: new Uint8Array(0), processors: 0 };
  if (name === NOTE_NAME.vmcoreinfo) notes.machine = { ...known, vmcoreinfo: desc.slice(0, MAX_VMCOREINFO) };
  else if (name === NOTE_NAME.qemu) notes.machine = { ...known, writer: 'QEMU', processors: known.processors + 1 };
  else if (name === NOTE_NAME.virtualBox) notes.machine = { ...known, writer: 'VirtualBox' };
  else if (name === NOTE_NAME.virtualBoxCpu) notes.machine = { ...known, processors: known.processors + 1 };
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
      const { pid, registers } = MACHINES[machine]?.prstatus ?? layout.prstatus;
      const index = MACHINES[machine]?.stackPointer?.[layout.word];
      const plain = layout.word === 8 || bytes.length <= MAX_PRSTATUS32;
      const stackPointer = index !== undefined && plain ? word(registers + index * layout.word) : undefined;
      notes.threads.push({ id: fields.i32(pid), stackPointer });
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
      if (bytes.length <= MAX_FILE_NOTE) readFiles(bytes, layout.word, word, notes.files);
      break;
  }
}

/** NT_FILE: count, page size, count × {start, end, file offset in pages}, then as many NUL-terminated names. */
function readFiles(bytes: Uint8Array, size: number, word: (at: number) => bigint, files: MappedFile[]): void {
  const count = checkedCount(word(0), 3 * size, bytes.length - 2 * size, 'count of mapped files');
  let name = 2 * size + count * 3 * size;
  for (let i = 0; i < count && files.length < MAX_FILES; i++) {
    const at = 2 * size + i * 3 * size;
    const zero = bytes.indexOf(0, name);
    const end = zero < 0 ? bytes.length : zero;
    files.push({
      start: word(at),
      end: word(at + size),
      name: Buffer.from(bytes.subarray(name, end)).toString('utf8'),
    });
    name = Math.min(end + 1, bytes.length);
  }
}
