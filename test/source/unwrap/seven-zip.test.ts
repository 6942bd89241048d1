import { readdirSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { sevenZip } from '../../../src/source/unwrap/seven-zip/seven-zip.js';
import {
  archiveFixture,
  expectCutsTold,
  expectDamageSurvived,
  hashes,
  type ReadArchive,
  readArchive,
} from '../../support/archives.js';

const fixture = (name: string) => archiveFixture(`../7z/${name}`);
const SUMS = new Map(
  fixture('SHA256SUMS')
    .toString()
    .trim()
    .split('\n')
    .map((line) => [line.slice(66), line.slice(0, 64)] as const)
    .filter(([name]) => name !== 'empty.txt'),
);
const FILES = readdirSync(new URL('../../fixtures/unwrap/7z', import.meta.url)).filter((name) => name.endsWith('.7z'));
const CLOSED = ['ppmd.7z', 'ia64.7z', 'encrypted.7z', 'locked.7z'];
const OPEN = FILES.filter((name) => ![...CLOSED, 'nothing.7z', 'chain.7z'].includes(name));
const DAMAGED = { code: 'ARCHIVE_DAMAGED', incomplete: true };

/** Without the packed header, which has no name. */
const files = (read: ReadArchive) => new Map([...hashes(read)].filter(([name]) => name !== ''));

describe('7z', () => {
  it.each(OPEN)('gives the members of %s', async (file) => {
    const bytes = fixture(file);
    expect(sevenZip.matches(bytes.subarray(0, 512))).toBe(true);
    const read = await readArchive(sevenZip, bytes);
    expect(read.warnings).toEqual([]);
    expect(read.unread).toEqual([]);
    const got = files(read);
    expect(got.size).toBeGreaterThanOrEqual(4);
    for (const [name, sum] of got) expect([name, sum]).toEqual([name, SUMS.get(name)]);
    if (file !== 'plain-header.7z') expect(got.size).toBe(SUMS.size);
  });

  it('hands on a packed header, in which nobody else would look', async () => {
    const { members, framing } = await readArchive(sevenZip, fixture('lzma2.7z'));
    expect(members.at(-1)?.name).toBe('');
    expect(members.at(-1)?.bytes.includes(Buffer.from('numbers.txt', 'utf16le'))).toBe(true);
    expect(framing.map(({ offset }) => offset)[0]).toBe(0);
  });

  it('gives files of one folder, also where those before were given up', async () => {
    const whole = await readArchive(sevenZip, fixture('lzma2.7z'));
    for (const most of [0, 1]) {
      const read = await readArchive(sevenZip, fixture('lzma2.7z'), { most });
      expect(read.members.map(({ span }) => span)).toEqual(whole.members.map(({ span }) => span));
      expect(read.warnings).toEqual([]);
      for (const [i, { bytes }] of read.members.entries()) {
        if (most > 0) expect(whole.members[i]?.bytes.subarray(0, bytes.length).equals(bytes)).toBe(true);
      }
    }
  });

  it('says what it cannot read, and how much of the archive that is', async () => {
    const reasons = {
      'ppmd.7z': 'compressed with PPMd',
      'ia64.7z': 'compressed with a filter for Itanium',
      'encrypted.7z': 'encrypted',
      'locked.7z': 'encrypted',
    };
    for (const [file, reason] of Object.entries(reasons)) {
      const read = await readArchive(sevenZip, fixture(file));
      expect([file, [...new Set(read.unread.map((part) => part.reason))]]).toEqual([file, [reason]]);
      for (const [name, sum] of files(read)) expect([name, sum]).toEqual([name, SUMS.get(name)]);
    }
    // What was added without a password.
    expect(files(await readArchive(sevenZip, fixture('encrypted.7z'))).has('code.bin')).toBe(true);
    // Behind the first header, nothing is known of an archive whose header is encrypted.
    const locked = await readArchive(sevenZip, fixture('locked.7z'));
    expect(locked.unread[0]?.span.offset).toBe(32);
    expect(locked.members).toEqual([]);
  });

  it('takes an archive of nothing as one', async () => {
    const read = await readArchive(sevenZip, fixture('nothing.7z'));
    expect(files(read).size).toBe(0);
    expect([...read.warnings, ...read.unread]).toEqual([]);
  });

  it('tells an archive whose writer was killed', async () => {
    const bytes = fixture('lzma2.7z').subarray(0, 5000);
    bytes.fill(0, 8, 32);
    const { warnings, framing } = await readArchive(sevenZip, bytes);
    expect(warnings).toMatchObject([{ code: 'ARCHIVE_TRUNCATED', message: expect.stringContaining('never written') }]);
    expect(framing.reduce((sum, part) => sum + part.bytes.length, 0)).toBe(5000);
  });

  it('tells each member whose data are damaged, and leaves alone what is packed apart', async () => {
    const bytes = fixture('apart.7z');
    const whole = await readArchive(sevenZip, bytes);
    const names = ['numbers.txt', 'noise.bin'];
    for (const { name, span } of whole.members) {
      if (names.includes(name)) flip(bytes, span.offset + (span.length >> 1));
    }
    const read = await readArchive(sevenZip, bytes);
    expect(read.warnings.every(({ incomplete }) => incomplete)).toBe(true);
    for (const [name, sum] of files(read)) if (!names.includes(name)) expect(sum).toBe(SUMS.get(name));
  });

  it('does not call clean what is packed behind damage', async () => {
    const bytes = fixture('lzma2.7z');
    flip(bytes, 40);
    const read = await readArchive(sevenZip, bytes);
    expect(read.warnings).toMatchObject([DAMAGED]);
    // None of the files that follow is taken for an empty one.
    const told = read.members.filter(({ name }) => name !== '').length;
    expect(told + read.unread.length).toBe(SUMS.size);
    expect(read.unread[0]?.reason).toBe('what is packed with it is damaged');
  });

  it('tells packed bytes that no member is made of', async () => {
    // The folder is said to be 100 bytes shorter than what its LZMA2 stream unpacks to.
    const shorter = (header: Buffer) => header.writeUInt8(header.readUInt8(sizeAt(header)) - 100, sizeAt(header));
    const { warnings } = await readArchive(sevenZip, withHeader(fixture('plain-header.7z'), shorter));
    expect(warnings.map(({ message }) => message).join()).toMatch(/more than it says/);
  });

  it('ends coders that make bytes for others and nothing in the end', async () => {
    const read = await readArchive(sevenZip, fixture('chain.7z'));
    // Read to the end, it would be one that ends too early.
    expect(read.warnings).toMatchObject([{ ...DAMAGED, message: expect.stringContaining('are damaged') }]);
    expect(read.members.map(({ bytes }) => bytes.length)).toEqual([0]);
  });

  it('refuses a dictionary for which there is no room', async () => {
    const huge = (header: Buffer) => header.writeUInt8(40, header.indexOf('212101', 0, 'hex') + 3);
    const { unread } = await readArchive(sevenZip, withHeader(fixture('plain-header.7z'), huge));
    expect(unread).toMatchObject([{ reason: expect.stringContaining('4294967295') }]);
  });

  it('tells checksums that do not fit', async () => {
    for (const [at, message] of [
      [8, 'first header'],
      [28, 'header’s checksum'],
    ] as const) {
      const bytes = fixture('plain-header.7z');
      flip(bytes, at);
      const { warnings } = await readArchive(sevenZip, bytes);
      expect(warnings[0]).toMatchObject({ ...DAMAGED, message: expect.stringContaining(message) });
    }
    const copied = fixture('copy.7z');
    flip(copied, 33);
    expect((await readArchive(sevenZip, copied)).warnings).toMatchObject([
      { ...DAMAGED, message: expect.stringContaining('checksum') },
    ]);
  });

  it('tells where it was cut, at every byte', async () => {
    await expectCutsTold(sevenZip, fixture('nothing.7z'));
    await expectCutsTold(sevenZip, fixture('locked.7z'), 11);
    for (const file of [...OPEN, ...CLOSED]) await expectCutsTold(sevenZip, fixture(file), 997);
  }, 60_000);

  it('survives damage', async () => {
    for (const file of OPEN) await expectDamageSurvived(sevenZip, fixture(file), 60);
    // The header, with checksums that fit.
    for (let at = 0; at < headerOf(fixture('plain-header.7z')).length; at++) {
      for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
        const bytes = withHeader(fixture('plain-header.7z'), (header) => header.writeUInt8(value, at));
        await readArchive(sevenZip, bytes, { most: 1 << 20 });
      }
    }
  }, 120_000);
});

function flip(bytes: Buffer, at: number): void {
  bytes[at] = (bytes[at] as number) ^ 0x55;
}

/** 7zFormat.txt, "SignatureHeader": where the header stands, counted from 32, its size, its checksum. */
function headerOf(bytes: Buffer): Buffer {
  const at = 32 + Number(bytes.readBigUInt64LE(12));
  return bytes.subarray(at, at + Number(bytes.readBigUInt64LE(20)));
}

/** The same archive with another header, and checksums that fit. */
function withHeader(bytes: Buffer, change: (header: Buffer) => void): Buffer {
  const header = headerOf(bytes);
  change(header);
  bytes.writeUInt32LE(crc32(header), 28);
  bytes.writeUInt32LE(crc32(bytes.subarray(12, 32)), 8);
  return bytes;
}

/** The low byte of the folder's size, which is a number of two bytes behind kCodersUnPackSize. */
const sizeAt = (header: Buffer) => header.indexOf('0ca4', 0, 'hex') + 2;
