import { describe, expect, it } from 'vitest';
import { randomBytesOf } from '../../../src/source/unwrap/chunks.js';
import { zip } from '../../../src/source/unwrap/zip/zip.js';
import {
  archiveFixture,
  expectCutsTold,
  expectDamageSurvived,
  hashes,
  PACKED,
  packed,
  readArchive,
  sha256,
} from '../../support/archives.js';

const DEEP = [...PACKED.keys()].find((name) => name.endsWith('deep.txt')) as string;
const DAMAGED = [{ code: 'ARCHIVE_DAMAGED', incomplete: true }];

describe('zip', () => {
  it.each([
    ['info.zip', ['note.txt', 'noise.bin', 'numbers.txt', 'höhe.txt']],
    ['folders.zip', ['note.txt', DEEP]],
    ['zip64.zip', ['note.txt', 'noise.bin']],
    ['streamed.zip', ['note.txt', 'noise.bin']],
    ['libarchive.zip', ['note.txt', 'noise.bin']],
    ['empty.zip', []],
    ['deflate64.zip', ['numbers.txt']],
    ['lzma.zip', ['numbers.txt']],
    ['lzma-marked.zip', ['numbers.txt', 'note.txt']],
    ['lzma-unusual.zip', ['numbers.txt']],
  ])('gives the members of %s', async (file, names) => {
    const bytes = archiveFixture(file);
    expect(zip.matches(bytes.subarray(0, 512))).toBe(true);
    const read = await readArchive(zip, bytes);
    expect(hashes(read)).toEqual(packed(...names));
    expect(read.warnings).toEqual([]);
    const [first] = (await readArchive(zip, bytes, { most: 1 })).members;
    expect(first?.span).toEqual(read.members[0]?.span);
  });

  it('hands on methods with a format of their own as files of it', async () => {
    const starts = { 'bzip2.zip': 'BZh', 'xz.zip': '\xfd7z', 'zstd.zip': '\x28\xb5\x2f' };
    for (const [file, start] of Object.entries(starts)) {
      const { members, warnings } = await readArchive(zip, archiveFixture(file));
      expect(members[0]?.bytes.toString('latin1', 0, 3)).toBe(start);
      expect(warnings).toEqual([]);
    }
  });

  it('says what it cannot read', async () => {
    const reasons = { 'encrypted.zip': ['encrypted', 'encrypted'], 'aes.zip': ['encrypted'] };
    for (const [file, expected] of Object.entries(reasons)) {
      const { unread } = await readArchive(zip, archiveFixture(file));
      expect(unread.map(({ reason }) => reason)).toEqual(expected);
    }
    expect(hashes(await readArchive(zip, archiveFixture('encrypted.zip')))).toEqual(packed('numbers.txt'));
    // APPNOTE 4.4.5: PPMd, in both headers.
    const ppmd = archiveFixture('deflate64.zip');
    ppmd.writeUInt16LE(98, 8);
    ppmd.writeUInt16LE(98, ppmd.indexOf('PK\x01\x02') + 10);
    expect((await readArchive(zip, ppmd)).unread).toMatchObject([{ reason: 'compression method 98' }]);
  });

  it('finds the archive between other bytes', async () => {
    const bytes = archiveFixture('info.zip');
    for (const [before, behind] of [
      ['before', ''],
      ['', 'behind'.repeat(50)],
      ['PK\x03\x04'.repeat(30), 'PK\x03\x04'],
    ] as const) {
      const read = await readArchive(zip, Buffer.concat([Buffer.from(before), bytes, Buffer.from(behind)]));
      expect(hashes(read)).toEqual(packed('note.txt', 'noise.bin', 'numbers.txt', 'höhe.txt'));
      expect(read.warnings).toEqual([]);
    }
  });

  it('reads members that the directory does not mention', async () => {
    const both = Buffer.concat([archiveFixture('streamed.zip'), archiveFixture('folders.zip')]);
    const read = await readArchive(zip, both);
    expect(read.members.map(({ name }) => name)).toEqual(['note.txt', 'noise.bin', 'note.txt', DEEP]);
    expect(hashes(read)).toEqual(packed('note.txt', 'noise.bin', DEEP));
    // Without any directory, all members are read, and it is told.
    for (const file of ['info.zip', 'zip64.zip', 'streamed.zip']) {
      const bytes = archiveFixture(file);
      const cut = await readArchive(zip, bytes.subarray(0, bytes.indexOf('PK\x01\x02')));
      expect(hashes(cut)).toEqual(hashes(await readArchive(zip, bytes)));
      expect(cut.warnings).toMatchObject([{ code: 'ARCHIVE_TRUNCATED', incomplete: true }]);
    }
  });

  it('tells damaged data, and gives what stands before the damage', async () => {
    const bytes = archiveFixture('info.zip');
    const whole = (await readArchive(zip, bytes)).members[2];
    const at = (whole?.span.offset ?? 0) + 5000;
    bytes.fill(0xff, at, at + 400);
    const read = await readArchive(zip, bytes);
    expect(read.warnings).toMatchObject(DAMAGED);
    const got = read.members[2]?.bytes as Buffer;
    // Five thousand bytes of deflated text are some nine thousand of text.
    expect(got.subarray(0, 9000).equals(whole?.bytes.subarray(0, 9000) as Buffer)).toBe(true);

    const stored = archiveFixture('info.zip');
    const noise = (await readArchive(zip, stored)).members[1];
    stored[(noise?.span.offset ?? 0) + 100] = (stored[(noise?.span.offset ?? 0) + 100] as number) ^ 1;
    expect((await readArchive(zip, stored)).warnings).toMatchObject(DAMAGED);
  });

  it('tells damaged deflate64 and LZMA, and a dictionary for which there is no room', async () => {
    for (const file of ['deflate64.zip', 'lzma.zip', 'lzma-marked.zip']) {
      const whole = archiveFixture(file);
      const { members } = await readArchive(zip, whole);
      const { offset = 0, length = 0 } = members[0]?.span ?? {};
      for (let at = offset; at < offset + length; at += 101) {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] as number) ^ 0x10;
        const read = await readArchive(zip, bytes);
        const same = hashes(read).get('numbers.txt') === PACKED.get('numbers.txt');
        if (!same) expect([at, read.warnings[0]]).toMatchObject([at, ...DAMAGED]);
      }
    }
    const huge = archiveFixture('lzma.zip');
    const { members } = await readArchive(zip, huge);
    huge.writeUInt32LE(0xffffffff, (members[0]?.span.offset ?? 0) + 5);
    expect((await readArchive(zip, huge)).warnings).toMatchObject([
      { ...DAMAGED[0], message: expect.stringContaining('dictionary') },
    ]);
  });

  it('reads members that overlap, each place once accounted for', async () => {
    const bytes = archiveFixture('info.zip');
    const entries = offsetsOf(bytes, 'PK\x01\x02');
    // The first member reaches over the second.
    bytes.writeUInt32LE(3100, (entries[0] as number) + 20);
    const read = await readArchive(zip, bytes);
    for (const name of ['noise.bin', 'numbers.txt', 'höhe.txt']) expect(hashes(read).get(name)).toBe(PACKED.get(name));
    expect(read.members[1]?.span.length).toBeLessThan(200);
    expect(read.warnings.map(({ code }) => code)).toEqual(['ARCHIVE_DAMAGED', 'ARCHIVE_DAMAGED']);
    // Two members are the same one: the place that was the first one's is not mentioned any more.
    const twice = archiveFixture('info.zip');
    twice.writeUInt32LE(twice.readUInt32LE((entries[2] as number) + 42), (entries[1] as number) + 42);
    const same = await readArchive(zip, twice);
    expect(same.members.map(({ bytes }) => sha256(bytes))).toContain(PACKED.get('noise.bin'));
    expect(same.warnings.map(({ message }) => message).join()).toMatch(/members overlap/);
  });

  it('tells members in another part of a split archive', async () => {
    const bytes = archiveFixture('info.zip');
    bytes.writeUInt16LE(1, (offsetsOf(bytes, 'PK\x01\x02')[0] as number) + 34);
    expect((await readArchive(zip, bytes)).warnings).toMatchObject(DAMAGED);
  });

  it.each(['forwards', 'backwards'] as const)(
    'reads a directory of many members %s, without keeping them',
    async (way) => {
      const bytes = manyMembers(20_000, way);
      const read = await readArchive(zip, bytes);
      expect(read.members.length).toBe(20_000);
      expect(read.warnings).toEqual([]);
      // A system call for each of some thousand members, not some for each.
      let reads = 0;
      const file = randomBytesOf(bytes);
      const counted = { size: file.size, read: (at: number, length: number) => file.read(at, length + 0 * reads++) };
      if (zip.access === 'random') {
        for await (const part of zip.parts(counted, () => {}))
          if (part.kind === 'member') for await (const _ of part.chunks);
      }
      expect(reads).toBeLessThan(200);
    },
    60_000,
  );

  it('tells where it was cut, at every byte', async () => {
    for (const file of ['zip64.zip', 'streamed.zip']) await expectCutsTold(zip, archiveFixture(file), 3);
    await expectCutsTold(zip, archiveFixture('folders.zip'), 1);
    for (const file of ['info.zip', 'libarchive.zip', 'deflate64.zip', 'lzma-marked.zip'])
      await expectCutsTold(zip, archiveFixture(file), 211);
  }, 120_000);

  it('survives damage', async () => {
    for (const file of [
      'info.zip',
      'folders.zip',
      'zip64.zip',
      'streamed.zip',
      'encrypted.zip',
      'lzma.zip',
      'deflate64.zip',
    ]) {
      await expectDamageSurvived(zip, archiveFixture(file), 200);
    }
  }, 120_000);
});

function offsetsOf(bytes: Buffer, text: string): number[] {
  const found: number[] = [];
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) found.push(at);
  return found;
}

/** Stored members of one byte, listed from the first or from the last one on. */
function manyMembers(count: number, way: 'forwards' | 'backwards'): Buffer {
  const [locals, centrals]: [Buffer[], Buffer[]] = [[], []];
  for (let i = 0; i < count; i++) {
    const local = Buffer.alloc(32);
    local.write('PK\x03\x04\x0a', 'latin1');
    local.writeUInt32LE(0xe8b7be43, 14); // the checksum of `a`
    local.writeUInt32LE(1, 18);
    local.writeUInt32LE(1, 22);
    local.writeUInt16LE(1, 26);
    local.write('na', 30);
    locals.push(local);
    const central = Buffer.alloc(47);
    central.write('PK\x01\x02', 'latin1');
    local.copy(central, 6, 4, 30);
    central.writeUInt32LE(i * 32, 42);
    central.write('n', 46);
    centrals.push(central);
  }
  if (way === 'backwards') centrals.reverse();
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(count % 65536, 10);
  end.writeUInt32LE(count * 47, 12);
  end.writeUInt32LE(count * 32, 16);
  return Buffer.concat([...locals, ...centrals, end]);
}
