import { describe, expect, it } from 'vitest';
import { cab } from '../../../src/source/unwrap/cab/cab.js';
import {
  archiveFixture,
  expectCutsTold,
  expectDamageSurvived,
  hashes,
  packed,
  readArchive,
} from '../../support/archives.js';

const NAMES = ['note.txt', 'noise.bin', 'numbers.txt'];
const FIXTURES = ['stored.cab', 'mszip.cab'];
const LZX = [15, 18, 21].map((bits) => `../cab/lzx${bits}.cab`);
const DAMAGED = { code: 'ARCHIVE_DAMAGED', incomplete: true };
/** [MS-CAB] 2.1 and 2.2: without reserved fields, the first folder's header follows the cabinet's 36 bytes. */
const FOLDER = 36;

describe('cab', () => {
  it.each(FIXTURES)('gives the members of %s', async (file) => {
    const bytes = archiveFixture(file);
    expect(cab.matches(bytes.subarray(0, 512))).toBe(true);
    const read = await readArchive(cab, bytes);
    expect(hashes(read)).toEqual(packed(...NAMES));
    expect(read.warnings).toEqual([]);
    expect(read.unread).toEqual([]);
  });

  it.each(LZX)('gives the members of %s, which cabextract unpacks to the same', async (file) => {
    const read = await readArchive(cab, archiveFixture(file));
    const sums = archiveFixture('../cab/SHA256SUMS').toString().trim().split('\n');
    expect(hashes(read)).toEqual(new Map(sums.map((line) => [line.slice(66), line.slice(0, 64)])));
    expect(read.warnings).toEqual([]);
  });

  it('reads cabinets with reserved fields', async () => {
    const read = await readArchive(cab, withReserved(archiveFixture('mszip.cab')));
    expect(hashes(read)).toEqual(packed(...NAMES));
    expect(read.warnings).toEqual([]);
  });

  it('goes on behind a file that was given up', async () => {
    for (const file of FIXTURES) {
      const whole = await readArchive(cab, archiveFixture(file));
      for (const most of [0, 1]) {
        const read = await readArchive(cab, archiveFixture(file), { most });
        expect(read.members.map(({ span }) => span)).toEqual(whole.members.map(({ span }) => span));
      }
    }
  });

  it.each([
    [2, 'compressed with Quantum'],
    [9, 'compression method 9'],
  ])('says that it does not read compression %i', async (type, reason) => {
    const bytes = archiveFixture('mszip.cab');
    bytes.writeUInt16LE(type, FOLDER + 6);
    const read = await readArchive(cab, bytes);
    expect(read.unread).toMatchObject([{ reason }]);
    expect(read.members).toEqual([]);
    expect((read.unread[0]?.span.length ?? 0) / bytes.length).toBeGreaterThan(0.9);
  });

  it('says that it does not read sets of cabinets', async () => {
    const bytes = archiveFixture('mszip.cab');
    const names = Buffer.from('next.cab\0disk\0');
    const set = Buffer.concat([bytes.subarray(0, FOLDER), names, bytes.subarray(FOLDER)]);
    set.writeUInt16LE(2, 30);
    set.writeUInt32LE(set.readUInt32LE(16) + names.length, 16);
    const folder = FOLDER + names.length;
    set.writeUInt32LE(set.readUInt32LE(folder) + names.length, folder);
    const read = await readArchive(cab, set);
    expect(read.unread).toMatchObject([{ reason: 'part of it lies in another cabinet' }]);
  });

  it('gives bytes that no file claims', async () => {
    const bytes = archiveFixture('stored.cab');
    // The first file is said to be empty.
    bytes.writeUInt32LE(0, bytes.readUInt32LE(16));
    const read = await readArchive(cab, bytes);
    expect(read.members.map(({ name }) => name)).toEqual(['', 'noise.bin', 'numbers.txt']);
    expect(read.members[0]?.bytes.toString()).toBe('A note.\nNothing more.\n');
  });

  it('tells damaged blocks', async () => {
    const stored = archiveFixture('stored.cab');
    stored[stored.length - 1] = 0;
    expect((await readArchive(cab, stored)).warnings).toMatchObject([DAMAGED]);
    const packedBytes = archiveFixture('mszip.cab');
    packedBytes.fill(0xff, 5000, 5100);
    expect((await readArchive(cab, packedBytes)).warnings[0]).toMatchObject(DAMAGED);
  });

  it('tells what stands behind the end of the data in a block, but for zeros', async () => {
    const whole = archiveFixture('mszip.cab');
    const [start, blocks] = [whole.readUInt32LE(FOLDER), whole.readUInt16LE(FOLDER + 4)];
    let last = start;
    for (let i = 1; i < blocks; i++) last += 8 + whole.readUInt16LE(last + 4);
    for (const [room, warnings] of [
      [Buffer.alloc(64), []],
      [Buffer.from('where nobody would look'), [{ ...DAMAGED, message: expect.stringContaining('behind the data') }]],
    ] as const) {
      const bytes = Buffer.concat([whole, room]);
      // No checksum, and the longer block.
      bytes.writeUInt32LE(0, last);
      bytes.writeUInt16LE(whole.length - last - 8 + room.length, last + 4);
      bytes.writeUInt32LE(bytes.length, 8);
      const read = await readArchive(cab, bytes);
      expect(hashes(read)).toEqual(packed(...NAMES));
      expect(read.warnings).toMatchObject(warnings);
    }
  });

  it('tells that reserved bytes were not read where a key would fit in', async () => {
    const read = await readArchive(cab, withReserved(archiveFixture('mszip.cab'), 'a block with much room'));
    expect(hashes(read)).toEqual(packed(...NAMES));
    expect(read.warnings).toMatchObject([{ ...DAMAGED, message: expect.stringContaining('reserved') }]);
  });

  it('tells damaged LZX, and windows that there are not', async () => {
    const whole = archiveFixture('../cab/lzx18.cab');
    const { members } = await readArchive(cab, whole);
    const start = members[0]?.span.offset ?? 0;
    for (let at = start; at < whole.length; at += 307) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] as number) ^ 0x08;
      const read = await readArchive(cab, bytes);
      // Nothing but checksums, which the packer leaves out, tells of a changed character: what is unpacked has its length.
      const length = read.members.reduce((sum, member) => sum + member.bytes.length, 0);
      const all = members.reduce((sum, member) => sum + member.bytes.length, 0);
      if (length !== all) expect([at, read.warnings[0]]).toMatchObject([at, DAMAGED]);
    }
    for (const bits of [0, 14, 22, 31]) {
      const bytes = Buffer.from(whole);
      bytes.writeUInt16LE(3 | (bits << 8), FOLDER + 6);
      expect((await readArchive(cab, bytes)).warnings[0]).toMatchObject(DAMAGED);
    }
  });

  it('tells where it was cut, at every byte', async () => {
    for (const file of LZX) await expectCutsTold(cab, archiveFixture(file), 997);
    for (const file of FIXTURES) {
      await expectCutsTold(cab, archiveFixture(file), 101);
      const whole = archiveFixture(file);
      for (let length = 0; length < 300; length++) {
        expect((await readArchive(cab, whole.subarray(0, length))).warnings.length).toBeGreaterThan(0);
      }
    }
  }, 60_000);

  it('survives damage', async () => {
    for (const file of FIXTURES) await expectDamageSurvived(cab, archiveFixture(file), 300);
    for (const file of LZX) await expectDamageSurvived(cab, archiveFixture(file), 60);
    await expectDamageSurvived(cab, archiveFixture('mszip.cab').subarray(0, 400), 500);
    await expectDamageSurvived(cab, withReserved(archiveFixture('mszip.cab')).subarray(0, 400), 500);
  }, 60_000);
});

/** The same cabinet with reserved bytes in all three kinds of headers. */
function withReserved(bytes: Buffer, inBlocks = 'block'): Buffer {
  const [start, blocks] = [bytes.readUInt32LE(FOLDER), bytes.readUInt16LE(FOLDER + 4)];
  const header = Buffer.concat([bytes.subarray(0, FOLDER), Buffer.from('\x06\0\x03\x05reserv', 'latin1')]);
  header[FOLDER + 3] = inBlocks.length;
  header.writeUInt16LE(bytes.readUInt16LE(30) | 4, 30);
  header.writeUInt32LE(bytes.readUInt32LE(16) + 13, 16);
  const folder = Buffer.concat([bytes.subarray(FOLDER, FOLDER + 8), Buffer.from('res')]);
  folder.writeUInt32LE(start + 13, 0);
  const pieces = [header, folder, bytes.subarray(FOLDER + 8, start)];
  for (let i = 0, at = start; i < blocks; i++) {
    const end = at + 8 + bytes.readUInt16LE(at + 4);
    pieces.push(bytes.subarray(at, at + 8), Buffer.from(inBlocks), bytes.subarray(at + 8, end));
    at = end;
  }
  const cabinet = Buffer.concat(pieces);
  cabinet.writeUInt32LE(cabinet.length, 8);
  return cabinet;
}
