import { describe, expect, it } from 'vitest';
import { multipart } from '../../../src/source/unwrap/multipart.js';
import {
  archiveFixture,
  expectCutsTold,
  expectDamageSurvived,
  PACKED,
  readArchive,
  sha256,
} from '../../support/archives.js';

const form = (boundary: string, ...contents: string[]) =>
  Buffer.from(
    `${contents.map((content, i) => `--${boundary}\r\nContent-Disposition: form-data; name="p${i}"\r\n\r\n${content}\r\n`).join('')}--${boundary}--\r\n`,
    'latin1',
  );

describe('multipart', () => {
  it('gives the parts of an upload', async () => {
    const bytes = archiveFixture('upload.multipart');
    expect(multipart.matches(bytes.subarray(0, 512))).toBe(true);
    for (const piece of [bytes.length, 7, 1]) {
      const read = await readArchive(multipart, bytes, { piece });
      expect(read.members.map(({ name, bytes }) => [name, sha256(bytes)])).toEqual([
        ['prod', sha256(Buffer.from('Example'))],
        ['noise.bin', PACKED.get('noise.bin')],
        ['note.txt', PACKED.get('note.txt')],
      ]);
      expect(read.warnings).toEqual([]);
    }
  });

  it('is not what begins with two dashes', () => {
    expect(multipart.matches(Buffer.from('-----BEGIN CERTIFICATE-----\nContent-Disposition: form-data;'))).toBe(false);
    expect(multipart.matches(Buffer.from('--verbose\n--quiet\n'))).toBe(false);
  });

  it('tells boundaries from what only begins like them', async () => {
    const contents = ['\r\n--x', '\r\n--xy\r\n', '--b', '\r\n--b', 'a\r\n--bc\r\n--b\r', '', '\r\n', '\r\n\r\n--b-'];
    for (const piece of [1, 2, 3, 5, 1000]) {
      const read = await readArchive(multipart, form('b', ...contents.slice(0, 3), ...contents.slice(4)), { piece });
      expect(read.members.map(({ bytes }) => bytes.toString('latin1'))).toEqual([
        ...contents.slice(0, 3),
        ...contents.slice(4),
      ]);
      expect(read.warnings).toEqual([]);
    }
  });

  it('reads lines that end in a newline alone, and what stands behind the last boundary', async () => {
    const bytes = Buffer.from(`${form('b', 'one', 'two').toString('latin1').replaceAll('\r', '')}behind\n`);
    const read = await readArchive(multipart, bytes, { piece: 4 });
    expect(read.members.map(({ bytes }) => bytes.toString())).toEqual(['one', 'two']);
    expect(read.warnings).toEqual([]);
  });

  it('goes on behind a part that was given up', async () => {
    const bytes = archiveFixture('upload.multipart');
    const whole = await readArchive(multipart, bytes);
    for (const most of [0, 1, 100]) {
      const read = await readArchive(multipart, bytes, { most, piece: 64 });
      expect(read.members.map(({ span }) => span)).toEqual(whole.members.map(({ span }) => span));
      expect(read.warnings).toEqual([]);
    }
  });

  it('finds headers without an end, and encodings, and tells them', async () => {
    const start = '--b\r\nContent-Disposition: form-data; name="a"\r\n';
    const endless = await readArchive(multipart, Buffer.from(start + 'X: y\r\n'.repeat(20_000)));
    expect(endless.warnings).toMatchObject([{ code: 'ARCHIVE_DAMAGED', incomplete: true }]);
    const encoded = Buffer.from(`${start}Content-Transfer-Encoding: base64\r\n\r\nYWJj\r\n--b--\r\n`);
    expect((await readArchive(multipart, encoded)).warnings).toMatchObject([{ incomplete: true }]);
  });

  it('tells where it was cut, at every byte', () => expectCutsTold(multipart, archiveFixture('upload.multipart')));

  it('survives damage', async () => {
    await expectDamageSurvived(multipart, archiveFixture('upload.multipart'), 500);
    await expectDamageSurvived(multipart, form('b', 'one', 'two', 'three'), 500);
  }, 60_000);
});
