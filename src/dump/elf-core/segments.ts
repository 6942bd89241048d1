/** The program headers of a core: how many there are, and what each says. */
import { type ByteReader, Fields } from '../../bytes/read.js';
import { BoundsError, FormatError } from '../../errors.js';
import type { Warning } from '../../types.js';
import { type ElfLayout, PN_XNUM, PT_LOAD, PT_NOTE } from './format.js';

/** One program header. Sizes above 2^53 are rounded: no file reaches there. */
export interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: bigint;
  readonly physical: bigint;
  readonly fileSize: number;
  readonly memorySize: number;
}

/** What all readers of one core need. */
export interface Core {
  readonly reader: ByteReader;
  /** Undefined while a stream is still being read: then what lies further on is left out, not missing. */
  readonly knownSize: number | undefined;
  readonly layout: ElfLayout;
  readonly littleEndian: boolean;
  readonly machine: number;
  readonly header: Fields;
  readonly warnings: Warning[];
}

/** More are not read; a real core of a busy process has some 100,000. */
const MAX_SEGMENTS = 1 << 20;
/** Program headers read at a time. */
const BLOCK = 1 << 14;

/** Where the program headers lie. Throws BoundsError when no file reaches there. */
export function tableOffset({ header, layout }: Core): number {
  const offset = layout.word === 8 ? header.u64(layout.header.phoff) : header.u32(layout.header.phoff);
  if (offset > Number.MAX_SAFE_INTEGER) throw new BoundsError(`program headers lie at ${offset}`);
  return Number(offset);
}

/** Throws FormatError when the table cannot be one; keeps what is there when it is cut. */
export function readSegments(core: Core): Segment[] {
  const { reader, layout, littleEndian, warnings } = core;
  const count = countSegments(core);
  const start = tableOffset(core);
  const segments: Segment[] = [];
  let wanted = Math.min(count ?? MAX_SEGMENTS, MAX_SEGMENTS);
  while (segments.length < wanted) {
    const want = Math.min(BLOCK, wanted - segments.length);
    const block = reader.read(start + segments.length * layout.segment.size, want * layout.segment.size);
    const fields = new Fields(block, littleEndian);
    const got = Math.floor(block.length / layout.segment.size);
    for (let i = 0; i < got; i++) {
      const segment = readSegment(fields, i * layout.segment.size, layout, littleEndian);
      if (count === undefined) {
        // The first segment, the notes, begins where the table ends (fs/binfmt_elf.c, elf_core_dump).
        const entries = (segment.offset - start) / layout.segment.size;
        if (segments.length === 0 && entries >= 1) wanted = Math.min(wanted, Math.floor(entries));
        if (segments.length >= wanted || !isPlausible(segment)) return segments;
      }
      segments.push(segment);
    }
    if (got < want) {
      warnings.push(missingHeaders(wanted - segments.length, core.knownSize));
      break;
    }
  }
  if (count !== undefined && count > MAX_SEGMENTS) {
    const message = `${count} segments declared, at most ${MAX_SEGMENTS} are read`;
    warnings.push({ code: 'TOO_MANY_SEGMENTS', message, incomplete: true });
  }
  return segments;
}

/** Undefined when there are too many for e_phnum, and the section header that has their count is out of reach. */
function countSegments(core: Core): number | undefined {
  const { reader, layout, littleEndian, header, knownSize, warnings } = core;
  const entrySize = header.u16(layout.header.phentsize);
  const declared = header.u16(layout.header.phnum);
  if (entrySize !== layout.segment.size) throw new FormatError(`program headers of ${entrySize} bytes`);
  if (declared === 0) throw new FormatError('no program headers');
  if (declared !== PN_XNUM) return declared;
  const offset = Number(layout.word === 8 ? header.u64(layout.header.shoff) : header.u32(layout.header.shoff));
  const end = layout.sectionInfo + 4;
  const section = offset > 0 && offset < reader.size ? reader.read(offset, end) : new Uint8Array(0);
  const count = section.length < end ? 0 : new Fields(section, littleEndian).u32(layout.sectionInfo);
  // A smaller number would have fitted into the header: it is a lie, or damage.
  if (count >= PN_XNUM) return count;
  if (knownSize !== undefined) {
    const message = 'the section header with the count of segments is missing or contradicts the file header';
    warnings.push({ code: 'TRUNCATED', message, incomplete: true });
  }
  return undefined;
}

function readSegment(fields: Fields, at: number, layout: ElfLayout, littleEndian: boolean): Segment {
  const { segment, word } = layout;
  // Two halves cost less than a bigint, and there may be 100,000 segments.
  const [low, high] = littleEndian ? [0, 4] : [4, 0];
  const size = (field: number) =>
    word === 4 ? fields.u32(at + field) : fields.u32(at + field + high) * 2 ** 32 + fields.u32(at + field + low);
  return {
    type: fields.u32(at),
    flags: fields.u32(at + segment.flags),
    offset: size(segment.offset),
    address: word === 8 ? fields.u64(at + segment.vaddr) : BigInt(fields.u32(at + segment.vaddr)),
    physical: word === 8 ? fields.u64(at + segment.paddr) : BigInt(fields.u32(at + segment.paddr)),
    fileSize: size(segment.filesz),
    memorySize: size(segment.memsz),
  };
}

function isPlausible({ type, fileSize, memorySize }: Segment): boolean {
  return type === PT_NOTE || (type === PT_LOAD && fileSize <= memorySize);
}

/** In a stream, the table may only lie too far on; in a file, it is cut off. */
function missingHeaders(missing: number, knownSize: number | undefined): Warning {
  if (knownSize === undefined) {
    const message = `${missing} program headers lie beyond the first part of the stream: addresses will be missing`;
    return { code: 'MAP_PREFIX_ONLY', message, incomplete: false };
  }
  return { code: 'TRUNCATED', message: `${missing} program headers are missing`, incomplete: true };
}
