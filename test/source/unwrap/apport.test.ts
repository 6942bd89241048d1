import { deflateSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { apport } from '../../../src/source/unwrap/apport.js';
import {
  archiveFixture,
  expectDamageSurvived,
  hashes,
  PACKED,
  type ReadArchive,
  readArchive,
  sha256,
} from '../../support/archives.js';

/** The core dump of the fixtures: noise, then numbers. */
const coreOf = ({ members }: ReadArchive) => gunzipSync(members[0]?.bytes as Buffer);

describe('apport', () => {
  it.each(['report.crash', 'whole.crash'])('gives the binary values of %s', async (file) => {
    const bytes = archiveFixture(file);
    expect(apport.matches(bytes.subarray(0, 512))).toBe(true);
    for (const piece of [bytes.length, 1000, 7, 1]) {
      const read = await readArchive(apport, bytes, { piece });
      expect(read.members.map(({ name }) => name)).toEqual(['CoreDump', 'Photo']);
      const core = coreOf(read);
      expect(sha256(core.subarray(0, 3000))).toBe(PACKED.get('noise.bin'));
      expect(sha256(core.subarray(3000))).toBe(PACKED.get('numbers.txt'));
      expect(sha256(gunzipSync(read.members[1]?.bytes as Buffer))).toBe(PACKED.get('noise.bin'));
      expect(read.warnings).toEqual([]);
    }
  });

  it('goes on behind a value that was given up', async () => {
    const bytes = archiveFixture('report.crash');
    const whole = await readArchive(apport, bytes);
    for (const most of [0, 1, 20, 4000]) {
      const read = await readArchive(apport, bytes, { most, piece: 300 });
      expect(read.members.map(({ name, span }) => [name, span])).toEqual(
        whole.members.map(({ name, span }) => [name, span]),
      );
    }
  });

  it('unpacks the zlib streams of old reports', async () => {
    const stream = deflateSync('an old core dump '.repeat(1000));
    const lines = [stream.subarray(0, 30), stream.subarray(30)].map((line) => ` ${line.toString('base64')}\n`);
    const text = `ProblemType: Crash\nCoreDump: base64\n${lines.join('')}Tags: a\n`;
    const read = await readArchive(apport, Buffer.from(text), { piece: 5 });
    expect(read.members[0]?.bytes.toString()).toBe('an old core dump '.repeat(1000));
    expect(read.warnings).toEqual([]);
    const cut = await readArchive(apport, Buffer.from(text.replace(lines[1] as string, '')));
    expect(cut.warnings).toMatchObject([{ code: 'ARCHIVE_DAMAGED', incomplete: true }]);
  });

  it('tells lines that are no base64, and takes what follows as framing', async () => {
    const text = 'ProblemType: Crash\nCoreDump: base64\n YWJj\n YW!j\n YWJj\nTags: base64\n YWJj\n';
    for (const piece of [1, 3, 1000]) {
      const read = await readArchive(apport, Buffer.from(text), { piece });
      expect(read.members.map(({ bytes }) => bytes.toString())).toEqual(['abca', 'abc']);
      expect(read.warnings).toMatchObject([{ code: 'ARCHIVE_DAMAGED', incomplete: true }]);
    }
  });

  it('tells where it was cut within a line', async () => {
    const bytes = archiveFixture('whole.crash');
    const whole = hashes(await readArchive(apport, bytes));
    for (let length = 0; length < bytes.length; length += length < 500 ? 1 : 97) {
      const cut = await readArchive(apport, bytes.subarray(0, length));
      if (cut.warnings.some(({ incomplete }) => incomplete)) continue;
      // Cut between two lines: what is there are whole lines.
      expect(length === 0 || bytes[length - 1] === 0x0a || hashes(cut).size === whole.size, `${length}`).toBe(true);
    }
  });

  it('survives damage', async () => {
    await expectDamageSurvived(apport, archiveFixture('report.crash'), 300);
    await expectDamageSurvived(apport, archiveFixture('report.crash').subarray(0, 700), 500);
  }, 60_000);
});
