import { describe, expect, it } from 'vitest';
import { lz4 } from '../../../src/source/unwrap/lz4.js';
import { zstd } from '../../../src/source/unwrap/zstd.js';
import { behavesAsCompression, packedFile, unpacked } from '../../support/unpacking.js';

behavesAsCompression(lz4, { extension: '.lz4', small: 'lz4-small.lz4', magicLength: 4, checked: true });

describe('lz4', () => {
  it('tells a checksum that does not match, and goes on with the next frame', async () => {
    const packed = packedFile('lz4-small.lz4');
    const { bytes } = await unpacked(lz4, packed);
    const damaged = packed.slice();
    damaged[damaged.length - 1] = (damaged[damaged.length - 1] ?? 0) ^ 1;
    const got = await unpacked(lz4, Buffer.concat([damaged, packed]));
    expect(got.bytes.equals(Buffer.concat([bytes, bytes]))).toBe(true);
    expect(got.remarks).toMatchObject([{ code: 'UNPACK_DAMAGED', incomplete: true }]);
  });

  it('reads a legacy frame that zeros or other bytes follow, and tells where it is cut', async () => {
    const packed = packedFile('legacy-small.lz4');
    const { bytes } = await unpacked(lz4, packed);
    const padded = await unpacked(lz4, Buffer.concat([packed, Buffer.alloc(511)]));
    expect(padded).toMatchObject({ remarks: [], bytes });
    const followed = await unpacked(lz4, Buffer.concat([packed, Buffer.from('text')]));
    expect(followed.remarks).toMatchObject([{ code: 'TRAILING_BYTES' }]);
    for (let length = 9; length < packed.length; length++) {
      const got = await unpacked(lz4, packed.slice(0, length));
      expect(got.remarks).toMatchObject([{ code: 'UNPACK_TRUNCATED', incomplete: true }]);
    }
  });

  it('is unpacked also behind a skippable frame that hides its magic', async () => {
    const long = Buffer.concat([Buffer.from('502a4d18e8030000', 'hex'), Buffer.alloc(1000, 'x')]);
    const packed = packedFile('lz4-small.lz4');
    const { bytes } = await unpacked(lz4, packed);
    expect(zstd.matches(long.subarray(0, 512))).toBe(true);
    const behind = Buffer.concat([bytes, long.subarray(8)]);
    expect(await unpacked(zstd, Buffer.concat([long, packed]))).toMatchObject({
      bytes: behind,
      remarks: [{ code: 'FIELDS_SCANNED', incomplete: false }],
    });
    const short = Buffer.concat([Buffer.from('5e2a4d1803000000abc', 'hex').subarray(0, 8), Buffer.from('abc'), packed]);
    expect([zstd.matches(short), lz4.matches(short)]).toEqual([false, true]);
    expect(await unpacked(lz4, short)).toMatchObject({ remarks: [], bytes });
  });
});
