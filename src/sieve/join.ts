/**
 * Second looks at memory that belongs together and lies apart in the dump: at seams of regions, from page to page, and
 * at strings in pieces.
 */
import { BACK } from '../detect/detector.js';
import { seams } from '../dump/map.js';
import { joinedSpans } from '../dump/virtual/joins.js';
import { PAGE, PhysicalMemory, pageRuns } from '../dump/virtual/memory.js';
import { addressSpaces, type Spaces } from '../dump/virtual/spaces.js';
import { codeOf } from '../errors.js';
import type { Chunks, RandomBytes } from '../source/unwrap/chunks.js';
import { type Held, hold, MAX_HELD } from '../source/unwrap/held.js';
import { pick } from '../source/unwrap/pick.js';
import type { DumpMap, Span } from '../types.js';
import { NOWHERE } from './pieces.js';
import { JOINED_STEP, lengthOf, PAGES_BASE, planJoins, planSeams, type WindowPlan } from './plan.js';
import type { SievePool } from './pool.js';
import { windowBytes } from './slot.js';
import type { Tally } from './tally.js';

/** What a second look needs of the first. */
export interface Joining {
  readonly map: DumpMap;
  readonly size: number;
  readonly pool: SievePool;
  readonly tally: Tally;
  /** Where candidates for numbers go. */
  readonly numbers: SharedArrayBuffer;
}

/** What seams of a stream may hold in memory in one pass, and how many passes there are. */
const SEAM_BYTES = 64 * 1024 * 1024;
const SEAM_PASSES = 8;

/** Memory that lies apart in a stream can be joined only where the stream can be read `again`. */
export async function joinSeams(joining: Joining, again: (() => Chunks) | undefined): Promise<void> {
  const { map, size, tally } = joining;
  const plans = [...planSeams(seams(map), size)];
  for (let pass = 0; plans.length > 0; pass++) {
    if (again === undefined || pass === SEAM_PASSES) {
      const message = `${plans.length} places where memory goes on elsewhere in the dump cannot be joined in a stream: scan the file`;
      tally.warnings.push({ code: 'SEAMS_IN_STREAM', message, incomplete: true });
      return;
    }
    const batch = plans.splice(0, Math.floor(SEAM_BYTES / (2 * BACK)));
    const { picked } = await pick(
      again(),
      batch.flatMap(({ pieces }) => pieces),
    );
    const at = new Map(picked.map((piece) => [keyOf(piece.offset, piece.bytes.length), piece.bytes]));
    const read = async ({ offset, length }: Span) => at.get(keyOf(offset, length)) ?? new Uint8Array(0);
    for (const plan of batch) await dispatchJoined(plan, read, joining);
    for (const { bytes } of picked) bytes.fill(0);
  }
}

function keyOf(offset: number, length: number): string {
  return `${offset} ${length}`;
}

/** How far a structure may reach to either side of a joint between pages. */
const PAGE_REACH = BACK;
/** Bytes that are read a second time, over those of the dump: shared pages are joined in many ways. */
const EXTRA_BYTES = 4 * 1024 ** 3;

/** How the dump's bytes can be had once more. */
export interface Second {
  readonly random?: RandomBytes;
  readonly again?: () => Chunks;
}

/** In the memory of a machine: rebuilds the address spaces, and looks at what crosses from one page into another. */
export async function joinPages(joining: Joining, second: Second): Promise<Spaces | undefined> {
  const { map, tally } = joining;
  const isMachine = map.regions.some(({ physical }) => physical !== undefined);
  if (tally.topTables.length === 0 && !isMachine) return undefined;
  // One page of any file may look like a table: not worth another pass.
  if (second.random === undefined && !isMachine && tally.topTables.length < 2) return undefined;
  try {
    return await withRandom(joining, second, (random) => joinPagesOf(joining, random, isMachine));
  } catch (error) {
    // What was found in the first pass stays.
    if (typeof (error as NodeJS.ErrnoException).syscall !== 'string') throw error;
    const message = `reading a second time failed (${codeOf(error)}): what crosses from page to page may be missed`;
    tally.warnings.push({ code: 'READ_ERROR', message, incomplete: true });
    return undefined;
  }
}

/** Page tables lead all over the memory: a stream that can be read again is held meanwhile, if it is not too long. */
async function withRandom<T>(
  { size, tally, pool }: Joining,
  { random, again }: Second,
  use: (random: RandomBytes) => Promise<T>,
): Promise<T | undefined> {
  if (random) return use(random);
  if (again && size <= MAX_HELD) {
    await pool.holding.take();
    try {
      const kept = await hold(again(), MAX_HELD);
      if ('held' in kept) return await using(kept.held, use);
    } finally {
      pool.holding.give();
    }
  }
  const which = !again ? '' : size > MAX_HELD ? ` of more than ${MAX_HELD} bytes` : ' that could not be read again';
  const message = `pages of a machine’s memory cannot be joined in a stream${which}: scan the unpacked file`;
  tally.warnings.push({ code: 'PAGES_NOT_JOINED', message, incomplete: true });
  return undefined;
}

async function using<T>(held: Held, use: (random: RandomBytes) => Promise<T>): Promise<T> {
  try {
    return await use(held);
  } finally {
    held.wipe();
  }
}

async function joinPagesOf(joining: Joining, random: RandomBytes, isMachine: boolean): Promise<Spaces | undefined> {
  const { map, size, pool, tally } = joining;
  const read = (offset: number, length: number) => random.read(offset, length);
  const memory = new PhysicalMemory(pageRuns(map, size), read);
  const found = await addressSpaces(memory, tablesAndProcesses(map, tally, memory), read);
  if (found.spaces.length === 0) {
    if (isMachine) {
      const message = 'no page tables were found: what crosses from one page into another may be missed';
      tally.warnings.push({ code: 'PAGES_NOT_JOINED', message, incomplete: true });
    }
    return undefined;
  }
  let [joined, left] = [PAGES_BASE, size + EXTRA_BYTES];
  for (const { pieces, length } of joinedSpans(found.spaces, PAGE_REACH, pool.chunkSize)) {
    left -= length;
    if (left < 0) break;
    const grid = [{ from: 0, to: length }];
    const readSpan = ({ offset, length }: Span) => random.read(offset, length);
    await dispatchJoined({ pieces, from: 0, to: length, joined, grid }, readSpan, joining);
    joined += JOINED_STEP;
  }
  if (left < 0 || found.cut || tally.tablesDropped) {
    const message = 'there is more memory of processes than is joined: what crosses from page to page may be missed';
    tally.warnings.push({ code: 'PAGES_CUT', message, incomplete: true });
  }
  return found;
}

/** What the first pass came across, in the dump's order, and the table that the dump itself tells of. */
function tablesAndProcesses({ topTable }: DumpMap, tally: Tally, memory: PhysicalMemory) {
  const told = topTable === undefined ? undefined : memory.offsetOf(Number(topTable / BigInt(PAGE)));
  const tables = new Set([...tally.topTables, ...(told === undefined ? [] : [told])]);
  const ascending = (a: number, b: number) => a - b;
  return { tables: [...tables].sort(ascending), processes: [...tally.processes].sort(ascending) };
}

/** What the format itself tells to belong together. It is text: no number lies across pieces. */
export async function joinLists(joining: Joining, again: (() => Chunks) | undefined): Promise<void> {
  const { map, pool, tally } = joining;
  if (map.joins === undefined) return;
  if (again === undefined) {
    const message = 'strings in pieces cannot be joined in a stream that is read once: scan the file';
    tally.warnings.push({ code: 'STRINGS_NOT_JOINED', message, incomplete: true });
    return;
  }
  try {
    // Each pass begins anew.
    const joins = await map.joins({ [Symbol.asyncIterator]: () => again()[Symbol.asyncIterator]() });
    try {
      const read = (span: Span) => joins.read(span);
      for (const plan of planJoins(joins.spans)) {
        await dispatchJoined(plan, read, { map, pool, tally });
      }
      tally.warnings.push(...joins.warnings());
    } finally {
      joins.wipe();
    }
  } catch (error) {
    // What was found in the first pass stays.
    if (typeof (error as NodeJS.ErrnoException).syscall !== 'string') throw error;
    const message = `reading a second time failed (${codeOf(error)}): keys in strings in pieces may be missed`;
    tally.warnings.push({ code: 'READ_ERROR', message, incomplete: true });
  }
}

/** Fills a slot with the pieces, and scans it. */
async function dispatchJoined(
  plan: WindowPlan,
  read: (span: Span) => Promise<Uint8Array>,
  { map, pool, tally, numbers }: Pick<Joining, 'map' | 'pool' | 'tally'> & Partial<Joining>,
): Promise<void> {
  const slot = await pool.acquire();
  const window = windowBytes(slot, lengthOf(plan.pieces));
  let filled = 0;
  for (const piece of plan.pieces) {
    const bytes = piece.offset === NOWHERE ? new Uint8Array(0) : await read(piece);
    window.set(bytes.subarray(0, piece.length), filled);
    // What could not be read was told in the first pass.
    window.fill(0, filled + bytes.length, filled + piece.length);
    filled += piece.length;
  }
  const { swappedWord } = map;
  await tally.dispatch({ ...plan, slot, numbers, swappedWord, ...tally.search });
}
