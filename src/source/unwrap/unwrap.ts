/**
 * Opens what an input is packed in, level by level, and hands on the dumps inside. All of it streams: a level reads the
 * one above piece by piece, and nothing is written to disk.
 */
import type { Warning } from '../../types.js';
import type { UnpackBudget } from './budget.js';
import { type Chunks, fileChunks, peek, type RandomBytes, randomFile } from './chunks.js';
import { hold, MAX_HELD, replay } from './held.js';
import { HEAD_LENGTH, wrapperOf } from './registry.js';
import type { Archive, ArchivePart, Compression, Framing, Remark, Unread } from './wrapper.js';

/** How a dump came out of its input. */
export interface Origin {
  /** Names of the wrappers, outermost first. */
  readonly wrappers: readonly string[];
  /** The path through archives, with `!/` between levels. */
  readonly container?: string;
}

/** Bytes that no wrapper opens: a dump, or anything else that is scanned as it is. */
export interface Unpacked extends Origin {
  readonly head: Uint8Array;
  readonly chunks: Chunks;
  /** Another pass over the same bytes, where the input can be read again. */
  readonly again?: () => Chunks;
  /** Random access, where it is to be had. */
  readonly random?: RandomBytes;
  /** Remarks of the levels above up to the nearest archive. Complete when `chunks` has ended. */
  readonly warnings: readonly Warning[];
}

/** Takes an archive's own bytes, part by part. */
export interface ArchiveSink {
  framing(part: Framing): Promise<void>;
  unread(part: Unread): void;
  /** After the last part. `size`: bytes of the archive. */
  end(size: number, warnings: readonly Warning[]): Promise<void>;
}

export interface Visitor {
  /** Scans one dump. Resolves when its chunks have been read; the scan may still go on. */
  dump(unpacked: Unpacked): Promise<void>;
  archive(origin: Origin, name: string): ArchiveSink;
}

/** Packed bytes of one level. */
export interface Packed extends Origin {
  /** The first HEAD_LENGTH bytes, where they are known without reading from `chunks`. */
  readonly head?: Uint8Array;
  readonly chunks: Chunks;
  readonly again?: () => Chunks;
  readonly random?: RandomBytes;
  readonly warnings: Warning[];
}

/** Levels within each other. Dumps in archives in archives are seen; more is made to confuse. */
const MAX_DEPTH = 8;

/** Members of one archive. Each is reported for itself. */
const MAX_MEMBERS = 100_000;

/** The first level: a file as it lies there. */
export async function packedFile(fd: number, size: number): Promise<Packed & { readonly random: RandomBytes }> {
  const random = randomFile(fd, size);
  const again = () => fileChunks(fd, size);
  return { wrappers: [], warnings: [], head: await random.read(0, HEAD_LENGTH), chunks: again(), again, random };
}

export async function unwrap(packed: Packed, visitor: Visitor, budget: UnpackBudget): Promise<void> {
  const { head, chunks } = packed.head
    ? { head: packed.head, chunks: packed.chunks }
    : await peek(packed.chunks, HEAD_LENGTH);
  const level: Packed = { ...packed, chunks };
  const wrapper = wrapperOf(head);
  if (wrapper === undefined) return visitor.dump({ ...level, head });
  if (packed.wrappers.length >= MAX_DEPTH) {
    const message = `more than ${MAX_DEPTH} levels of packing: the innermost was scanned as it stands`;
    packed.warnings.push({ code: 'NESTED_TOO_DEEP', message, incomplete: true });
    return visitor.dump({ ...level, head });
  }
  if (wrapper.kind === 'compression') return unwrap(unpack(level, wrapper, budget), visitor, budget);
  return openArchive(level, wrapper, visitor, budget);
}

function unpack(
  { chunks, again, warnings, ...origin }: Packed,
  compression: Compression,
  budget: UnpackBudget,
): Packed {
  const remark: Remark = (warning) => warnings.push(warning);
  // What is to be said of the bytes was said in the first pass.
  const silent: Remark = () => {};
  return {
    wrappers: [...origin.wrappers, compression.name],
    container: origin.container,
    chunks: budget.meter(compression.unpack(chunks, remark), remark),
    again: again && (() => budget.again().meter(compression.unpack(again(), silent), silent)),
    warnings,
  };
}

async function openArchive(level: Packed, archive: Archive, visitor: Visitor, budget: UnpackBudget): Promise<void> {
  const { warnings, container, wrappers } = level;
  /** Of the member that is being read: what is said of the archive meanwhile concerns it. */
  let current: Warning[] = [];
  const remark: Remark = (warning) => {
    if (!warnings.includes(warning)) warnings.push(warning);
    if (warning.incomplete && !current.includes(warning)) current.push(warning);
  };
  const open = await opener(level, archive, MAX_HELD - budget.held);
  if ('chunks' in open) return scanPacked({ ...level, chunks: open.chunks }, archive, visitor);
  budget.held += open.held;
  const parts = open.first(remark);
  const sink = visitor.archive(level, archive.name);
  let [size, members] = [0, 0];
  for await (const part of parts) {
    const span = part.kind === 'framing' ? { offset: part.offset, length: part.bytes.length } : part.span;
    size = Math.max(size, span.offset + span.length);
    if (part.kind === 'framing') await sink.framing(part);
    else if (part.kind === 'unread') sink.unread(part);
    else if (budget.spent || members >= MAX_MEMBERS) {
      sink.unread({
        kind: 'unread',
        span,
        reason: budget.spent ? 'unpacking ended before' : 'too many members before',
      });
    } else {
      members++;
      const name = container === undefined ? part.name : `${container}!/${part.name}`;
      const own: Warning[] = [];
      current = own;
      const chunks = budget.meter(part.chunks, (warning) => own.push(warning));
      const origin = { wrappers: [...wrappers, archive.name], container: name, warnings: own };
      await unwrap({ ...origin, ...(await rereadable(chunks, open.again, members - 1, budget)) }, visitor, budget);
      current = [];
    }
  }
  budget.held -= open.held;
  await sink.end(size, warnings);
}

type OpenArchive = (remark: Remark) => AsyncIterable<ArchivePart>;

/** How to read an archive's parts, once and again; or its chunks, where they are too many to be held. */
async function opener(
  { random, chunks, again }: Packed,
  archive: Archive,
  mostHeld: number,
): Promise<{ first: OpenArchive; again?: OpenArchive; held: number } | { chunks: Chunks }> {
  if (archive.access === 'sequential') {
    const first: OpenArchive = (remark) => archive.parts(chunks, remark);
    return { first, again: again && ((remark) => archive.parts(again(), remark)), held: 0 };
  }
  const kept = random ? { held: random } : await hold(chunks, mostHeld);
  if ('chunks' in kept) return kept;
  const bytes = kept.held;
  const open: OpenArchive = (remark) => archive.parts(bytes, remark);
  return { first: open, again: open, held: random ? 0 : bytes.size };
}

/** Members up to this size are held while they are scanned, so that they can be read again. */
const MAX_HELD_MEMBER = 16 * 1024 * 1024;
/** Larger ones are reached by reading the archive again, which for the last of many would cost all that is before. */
const MAX_REREAD = 32;

/** A member's bytes, and another pass over them where that can be had. */
async function rereadable(
  chunks: Chunks,
  open: OpenArchive | undefined,
  index: number,
  budget: UnpackBudget,
): Promise<Pick<Packed, 'chunks' | 'again' | 'random'>> {
  const kept = await hold(chunks, MAX_HELD_MEMBER);
  if ('held' in kept) return replay(kept.held);
  if (open === undefined || index >= MAX_REREAD) return kept;
  return { ...kept, again: () => budget.again().meter(memberAt(open, index), () => {}) };
}

/** One member's bytes in another pass: members before it are passed over. */
async function* memberAt(open: OpenArchive, index: number): Chunks {
  let members = 0;
  for await (const part of open(() => {})) {
    if (part.kind !== 'member' || members++ < index) continue;
    yield* part.chunks;
    return;
  }
}

/** Where an archive within a stream is too large to be held: its packed bytes, as they stand. */
async function scanPacked(level: Packed, { name }: Archive, visitor: Visitor): Promise<void> {
  const message = `${name} needs random access, and within a stream only ${MAX_HELD} bytes are held: unpack it first`;
  level.warnings.push({ code: 'NESTED_NEEDS_FILE', message, incomplete: true });
  await visitor.dump({ ...level, head: new Uint8Array(0) });
}
