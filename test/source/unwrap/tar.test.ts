import { describe, expect, it } from 'vitest';
import { tar } from '../../../src/source/unwrap/tar/tar.js';
import {
  archiveFixture,
  expectCutsTold,
  expectDamageSurvived,
  hashes,
  PACKED,
  packed,
  readArchive,
} from '../../support/archives.js';

const DEEP = [...PACKED.keys()].find((name) => name.endsWith('deep.txt')) as string;
const PLAIN = ['note.txt', 'noise.bin', 'numbers.txt'];
const SPARSE = ['sparse-gnu.tar', 'sparse-0.0.tar', 'sparse-0.1.tar', 'sparse-1.0.tar'];

/** Offsets of the headers of members, by the archive's own blocks. */
const headersIn = (bytes: Buffer) =>
  Array.from({ length: bytes.length / 512 }, (_, i) => i * 512).filter(
    (at) => bytes.toString('latin1', at + 257, at + 262) === 'ustar',
  );

describe('tar', () => {
  it.each<[string, string[]]>([
    ['v7.tar', PLAIN],
    ['ustar.tar', PLAIN],
    ['gnu.tar', [...PLAIN, DEEP, 'höhe.txt']],
    ['posix.tar', [...PLAIN, DEEP, 'höhe.txt']],
    ['concatenated.tar', [...PLAIN, 'höhe.txt']],
    // A hard link has no data of its own.
    ['libarchive.tar', ['note.txt', DEEP, 'noise.bin']],
    ...SPARSE.map((name) => [name, ['holes.bin', 'note.txt']] as [string, string[]]),
  ])('gives the members of %s in pieces of any length', async (file, names) => {
    const bytes = archiveFixture(file);
    expect(tar.matches(bytes.subarray(0, 512))).toBe(true);
    for (const piece of [bytes.length, 7, 512, 1]) {
      const read = await readArchive(tar, bytes, { piece });
      expect(hashes(read)).toEqual(packed(...names));
      expect(read.warnings).toEqual([]);
    }
  });

  it('is not every block of 512 bytes', () => {
    expect(tar.matches(new Uint8Array(512))).toBe(false);
    expect(tar.matches(Buffer.alloc(512, 'text '))).toBe(false);
    expect(tar.matches(Buffer.from('short'))).toBe(false);
    const damaged = archiveFixture('v7.tar').subarray(0, 512);
    damaged[3] = 0;
    expect(tar.matches(damaged)).toBe(false);
  });

  it('goes on behind a member that was given up', async () => {
    for (const file of ['ustar.tar', ...SPARSE]) {
      const bytes = archiveFixture(file);
      const whole = await readArchive(tar, bytes);
      for (const most of [0, 1, 600]) {
        const read = await readArchive(tar, bytes, { most, piece: 100 });
        expect(read.members.map(({ name, span }) => [name, span])).toEqual(
          whole.members.map(({ name, span }) => [name, span]),
        );
        expect(read.warnings).toEqual([]);
      }
    }
  });

  it('takes what stands behind the end as framing', async () => {
    const read = await readArchive(
      tar,
      Buffer.concat([archiveFixture('ustar.tar'), Buffer.from('behind'.repeat(999))]),
    );
    expect(hashes(read)).toEqual(packed(...PLAIN));
    expect(read.warnings).toEqual([]);
  });

  it('reads sizes to base 256', async () => {
    const bytes = archiveFixture('gnu.tar');
    const at = headersIn(bytes)[1] as number;
    bytes.fill(0, at + 124, at + 136);
    bytes[at + 124] = 0x80;
    bytes.writeUInt32BE(3000, at + 132);
    resum(bytes, at);
    const read = await readArchive(tar, bytes);
    expect(hashes(read).get('noise.bin')).toBe(PACKED.get('noise.bin'));
    expect(read.warnings).toEqual([]);
  });

  it('goes on with the next header when one is damaged, and tells it', async () => {
    const bytes = archiveFixture('ustar.tar');
    bytes[headersIn(bytes)[1] as number] = 0xff;
    const read = await readArchive(tar, bytes);
    expect(hashes(read)).toEqual(packed('note.txt', 'numbers.txt'));
    expect(read.warnings).toMatchObject([{ code: 'ARCHIVE_DAMAGED', incomplete: true }]);
  });

  it('hands on the stored data of a sparse member whose map is damaged', async () => {
    const bytes = archiveFixture('sparse-gnu.tar');
    // The second segment moves before the first.
    bytes.write('00000000000', 386 + 24);
    resum(bytes, 0);
    const read = await readArchive(tar, bytes);
    expect(read.members[0]?.bytes.toString()).toMatch(/segment 0[\s\S]*segment 8/);
    expect(read.warnings).toMatchObject([{ code: 'ARCHIVE_DAMAGED', incomplete: true }]);
  });

  it('does not believe sizes', async () => {
    for (const size of ['77777777777', '\x80\x00\x00\x00\x00\x7f\xff\xff\xff\xff\xff\xff', '\xff'.repeat(12)]) {
      const bytes = archiveFixture('gnu.tar');
      bytes.write(size, 124, 'latin1');
      resum(bytes, 0);
      const read = await readArchive(tar, bytes, { piece: 5000 });
      expect(read.warnings.some(({ incomplete }) => incomplete)).toBe(true);
    }
  });

  it('tells where it was cut, at every byte', async () => {
    await expectCutsTold(tar, archiveFixture('sparse-0.1.tar').subarray(0, 3000), 1);
    for (const file of ['ustar.tar', 'posix.tar', 'sparse-1.0.tar', 'libarchive.tar']) {
      await expectCutsTold(tar, archiveFixture(file), 509);
    }
  }, 60_000);

  it('survives damage', async () => {
    for (const file of ['v7.tar', 'gnu.tar', 'posix.tar', 'sparse-gnu.tar', 'sparse-1.0.tar']) {
      await expectDamageSurvived(tar, archiveFixture(file), 200);
      // Most bytes are data: the first ones are not.
      await expectDamageSurvived(tar, archiveFixture(file).subarray(0, 2048), 300);
    }
  }, 60_000);
});

function resum(bytes: Buffer, at: number): void {
  bytes.fill(' ', at + 148, at + 156);
  const sum = bytes.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
}
