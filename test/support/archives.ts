/** Reads archives with a reader under test, and checks what every one of them promises. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { type Chunks, randomBytesOf } from '../../src/source/unwrap/chunks.js';
import type { Archive, ArchivePart } from '../../src/source/unwrap/wrapper.js';
import type { Span, Warning } from '../../src/types.js';
import { Random } from './random.js';

export interface ReadArchive {
  readonly members: { readonly name: string; readonly bytes: Buffer; readonly span: Span }[];
  readonly framing: { readonly offset: number; readonly bytes: Uint8Array }[];
  readonly unread: { readonly span: Span; readonly reason: string }[];
  readonly warnings: Warning[];
}

export function archiveFixture(name: string): Buffer {
  return readFileSync(fileURLToPath(new URL(`../fixtures/unwrap/archives/${name}`, import.meta.url)));
}

/** The files that the programs packed; `make.sh` writes their hashes. */
export const PACKED: ReadonlyMap<string, string> = new Map(
  archiveFixture('SHA256SUMS')
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split('  ') as [string, string])
    .map(([sha, name]) => [name, sha]),
);

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Pieces in one buffer that is overwritten each time, as real ones may be. */
export async function* inPieces(bytes: Uint8Array, length: number): Chunks {
  const buffer = Buffer.alloc(Math.min(length, bytes.length));
  for (let at = 0; at < bytes.length; at += length) {
    const piece = bytes.subarray(at, at + length);
    buffer.set(piece);
    yield buffer.subarray(0, piece.length);
    buffer.fill(0xa5);
  }
}

interface Options {
  readonly piece?: number;
  /** Bytes of each member that are read before it is given up. */
  readonly most?: number;
}

export async function readArchive(archive: Archive, bytes: Uint8Array, options: Options = {}): Promise<ReadArchive> {
  const { piece = bytes.length || 1, most = Number.POSITIVE_INFINITY } = options;
  const read: ReadArchive = { members: [], framing: [], unread: [], warnings: [] };
  // What concerns several members comes again.
  const remark = (warning: Warning) => void (read.warnings.includes(warning) || read.warnings.push(warning));
  const parts: AsyncIterable<ArchivePart> =
    archive.access === 'sequential'
      ? archive.parts(inPieces(bytes, piece), remark)
      : archive.parts(randomBytesOf(bytes), remark);
  for await (const part of parts) {
    if (part.kind === 'framing') read.framing.push(part);
    else if (part.kind === 'unread') read.unread.push(part);
    else read.members.push({ name: part.name, span: part.span, bytes: await readMember(part.chunks, most) });
  }
  expectTiling(read, bytes);
  return read;
}

async function readMember(chunks: Chunks, most: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let total = 0;
  if (most === 0) return Buffer.alloc(0);
  for await (const piece of chunks) {
    pieces.push(Buffer.from(piece));
    total += piece.length;
    if (total >= most) break;
  }
  return Buffer.concat(pieces);
}

/** Every byte belongs to one part, and framing is what stands there. */
function expectTiling({ members, framing, unread }: ReadArchive, bytes: Uint8Array): void {
  const spans = [
    ...members.map(({ span }) => span),
    ...unread.map(({ span }) => span),
    ...framing.map((part) => ({ offset: part.offset, length: part.bytes.length })),
  ].filter(({ length }) => length > 0);
  spans.sort((a, b) => a.offset - b.offset);
  let at = 0;
  for (const { offset, length } of spans) {
    if (offset !== at) expect.fail(`a part at ${offset}, where ${at} was due`);
    at += length;
  }
  if (at !== bytes.length) expect.fail(`parts end at ${at}, not at ${bytes.length}`);
  for (const part of framing) {
    const there = bytes.subarray(part.offset, part.offset + part.bytes.length);
    if (Buffer.compare(there, part.bytes) !== 0) expect.fail(`framing at ${part.offset} is not what stands there`);
  }
}

export const hashes = ({ members }: ReadArchive) => new Map(members.map(({ name, bytes }) => [name, sha256(bytes)]));

/** The hashes of packed files, by their names. */
export const packed = (...names: readonly string[]) => new Map(names.map((name) => [name, PACKED.get(name)]));

/** Cut at every `step`th byte, it is told, or nothing is missing. Members are whole ones or begin like whole ones. */
export async function expectCutsTold(archive: Archive, bytes: Buffer, step = 1): Promise<void> {
  const whole = await readArchive(archive, bytes);
  const known = new Map(whole.members.map(({ name, bytes }) => [name, bytes]));
  for (let cutAt = 0; cutAt < bytes.length; cutAt += step) {
    const cut = await readArchive(archive, bytes.subarray(0, cutAt));
    const told = cut.warnings.some(({ incomplete }) => incomplete);
    if (!told) expect(hashes(cut), `cut at ${cutAt}`).toEqual(hashes(whole));
    for (const { name, bytes } of cut.members) {
      const full = known.get(name);
      const length = Math.min(bytes.length, full?.length ?? 0);
      // Half a boundary is taken as content.
      if (full && !full.subarray(0, length).equals(bytes.subarray(0, length)))
        expect.fail(`cut at ${cutAt}: ${name} differs`);
    }
  }
}

/** With bytes changed at random, nothing is thrown, all bytes are accounted for, and it comes to an end. */
export async function expectDamageSurvived(archive: Archive, bytes: Buffer, cases: number): Promise<void> {
  const random = new Random(cases);
  for (let i = 0; i < cases; i++) {
    const damaged = Buffer.from(bytes);
    for (let flips = 1 + random.below(3); flips > 0; flips--) {
      const at = random.below(damaged.length);
      damaged[at] = (damaged[at] as number) ^ (1 << random.below(8));
    }
    await readArchive(archive, damaged, { piece: 1 + random.below(2000), most: 1 << 20 });
  }
}
