import { describe, expect, it } from 'vitest';
import { UnpackBudget } from '../../../src/source/unwrap/budget.js';
import { randomBytesOf } from '../../../src/source/unwrap/chunks.js';
import { unwrap } from '../../../src/source/unwrap/unwrap.js';
import type { Warning } from '../../../src/types.js';
import { archiveFixture, inPieces, sha256 } from '../../support/archives.js';

/** What a scan would be told of each dump inside. */
async function dumpsIn(bytes: Uint8Array, budget = new UnpackBudget()) {
  const dumps = new Map<string, { sha: string; length: number; again?: string; warnings: readonly Warning[] }>();
  const archives: Warning[] = [];
  const skipped: string[] = [];
  const packed = { wrappers: [], warnings: [], chunks: inPieces(bytes, 65536), random: randomBytesOf(bytes) };
  const read = async (chunks: AsyncIterable<Uint8Array>) => {
    const pieces: Buffer[] = [];
    for await (const piece of chunks) pieces.push(Buffer.from(piece));
    return Buffer.concat(pieces);
  };
  await unwrap(
    packed,
    {
      async dump({ container = '', chunks, again, warnings }) {
        const own = await read(chunks);
        const second = again && sha256(await read(again()));
        dumps.set(container, { sha: sha256(own), length: own.length, again: second, warnings });
      },
      archive: () => ({
        framing: async () => {},
        unread: ({ reason }) => void skipped.push(reason),
        end: async (_, warnings) => void archives.push(...warnings),
      }),
    },
    budget,
  );
  return { dumps, archives, skipped };
}

describe('unwrap', () => {
  it.each([
    ['info.zip', ['note.txt', 'noise.bin']],
    ['../7z/apart.7z', ['numbers.txt', 'noise.bin']],
  ])('tells of damage with each member of %s that it concerns, and once with the archive', async (file, damaged) => {
    const bytes = archiveFixture(file);
    const whole = await dumpsIn(bytes);
    // The same kind of damage in two members.
    for (const at of await placesOf(bytes, damaged)) bytes[at] = (bytes[at] as number) ^ 0x40;
    const { dumps, archives } = await dumpsIn(bytes);
    expect(archives.length).toBe(new Set(archives.map(({ message }) => message)).size);
    for (const [name, { sha, warnings }] of dumps) {
      const told = warnings.some(({ incomplete }) => incomplete);
      expect([name, told]).toEqual([name, sha !== whole.dumps.get(name)?.sha]);
      expect([name, told]).toEqual([name, damaged.includes(name)]);
    }
  });

  it('reads members of a 7z folder again', async () => {
    const { dumps } = await dumpsIn(archiveFixture('../7z/lzma2.7z'));
    expect(dumps.size).toBeGreaterThan(4);
    for (const { sha, again } of dumps.values()) expect(again).toBe(sha);
  });

  it('ends a 7z that unpacks to more than is allowed', async () => {
    const budget = new UnpackBudget({ most: 4000, ratio: 1000, allowance: 1 << 30 });
    const { dumps, skipped } = await dumpsIn(archiveFixture('../7z/lzma2.7z'), budget);
    expect([...dumps.values()].some(({ warnings }) => warnings.some(({ code }) => code === 'UNPACK_LIMIT'))).toBe(true);
    expect(skipped).toContain('unpacking ended before');
  });
});

/** A byte in the middle of each of these members' packed data. */
async function placesOf(bytes: Uint8Array, names: readonly string[]): Promise<number[]> {
  const { wrapperOf } = await import('../../../src/source/unwrap/registry.js');
  const archive = wrapperOf(bytes.subarray(0, 512));
  const places: number[] = [];
  if (archive?.kind !== 'archive' || archive.access !== 'random') throw new Error('no archive');
  for await (const part of archive.parts(randomBytesOf(bytes), () => {})) {
    if (part.kind !== 'member') continue;
    for await (const _ of part.chunks);
    if (names.includes(part.name)) places.push(part.span.offset + (part.span.length >> 1));
  }
  return places;
}
