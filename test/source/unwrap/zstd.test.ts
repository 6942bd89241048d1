import { describe, expect, it } from 'vitest';
import { zstd } from '../../../src/source/unwrap/zstd.js';
import { behavesAsCompression, packedFile, unpacked } from '../../support/unpacking.js';

behavesAsCompression(zstd, {
  extension: '.zst',
  small: 'zstd-small.zst',
  except: ['long31-small.zst'],
  magicLength: 4,
  checked: true,
});

const skippableFrame = (length: number) => {
  const head = Buffer.from('502a4d1800000000', 'hex');
  head.writeUInt32LE(length, 4);
  return Buffer.concat([head, Buffer.alloc(length, 'x')]);
};

describe('zstd', () => {
  it('refuses a window that would take too much memory, and tells it', async () => {
    const got = await unpacked(zstd, packedFile('long31-small.zst'));
    expect(got.bytes.length).toBe(0);
    expect(got.remarks).toMatchObject([{ code: 'UNPACK_UNSUPPORTED', incomplete: true }]);
    expect(got.remarks[0]?.message).toContain('2147483648');
  });

  it('hands on small skippable frames behind the data, and tells when they hold more than a few KiB', async () => {
    const packed = packedFile('zstd-small.zst');
    const { bytes } = await unpacked(zstd, packed);
    const few = await unpacked(zstd, Buffer.concat([skippableFrame(100), packed, skippableFrame(1000)]));
    expect(few.remarks).toMatchObject([{ code: 'FIELDS_SCANNED', incomplete: false }]);
    const frames = [skippableFrame(100).subarray(8), skippableFrame(1000).subarray(8)];
    expect(few.bytes.equals(Buffer.concat([bytes, ...frames]))).toBe(true);
    const many = await unpacked(
      zstd,
      Buffer.concat([...Array.from({ length: 5 }, () => skippableFrame(1000)), packed]),
    );
    expect(many.remarks).toContainEqual(expect.objectContaining({ code: 'UNPACK_PASSED_OVER', incomplete: true }));
    expect(many.bytes.subarray(0, bytes.length).equals(bytes)).toBe(true);
    expect(many.bytes.length).toBe(bytes.length + 4096);
  });

  it('tells a checksum that does not match, and goes on with the next frame', async () => {
    const packed = packedFile('zstd-small.zst');
    const { bytes } = await unpacked(zstd, packed);
    const damaged = packed.slice();
    damaged[damaged.length - 1] = (damaged[damaged.length - 1] ?? 0) ^ 1;
    const got = await unpacked(zstd, Buffer.concat([damaged, packed]));
    expect(got.bytes.equals(Buffer.concat([bytes, bytes]))).toBe(true);
    expect(got.remarks).toMatchObject([{ code: 'UNPACK_DAMAGED', incomplete: true }]);
  });

  it('says that a frame needs a dictionary', async () => {
    const got = await unpacked(zstd, Buffer.from('28b52ffd2107050100', 'hex'));
    expect(got.remarks).toMatchObject([{ code: 'UNPACK_UNSUPPORTED', incomplete: true }]);
  });
});
