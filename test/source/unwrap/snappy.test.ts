import { describe, expect, it } from 'vitest';
import { snappy } from '../../../src/source/unwrap/snappy.js';
import { behavesAsCompression, packedFile, unpacked } from '../../support/unpacking.js';

behavesAsCompression(snappy, {
  extension: '.sz',
  small: 'snappy-small.sz',
  magicLength: 11,
  checked: true,
  besidesTrailing: ['UNPACK_UNSUPPORTED'],
});

describe('snappy', () => {
  it('skips what may be skipped, tells it when it is much, and never skips what may not', async () => {
    const packed = packedFile('snappy-small.sz');
    const { bytes } = await unpacked(snappy, packed);
    const chunk = (kind: number, length: number, fill = 'x') =>
      Buffer.concat([Uint8Array.of(kind, length & 0xff, length >> 8, 0), Buffer.alloc(length, fill)]);
    const padded = await unpacked(snappy, Buffer.concat([packed, chunk(0xfe, 9000, '\0'), packed]));
    expect(padded.remarks).toEqual([]);
    expect(padded.bytes.equals(Buffer.concat([bytes, bytes]))).toBe(true);
    const skipped = await unpacked(snappy, Buffer.concat([packed, chunk(0xfe, 50), chunk(0x80, 100), packed]));
    expect(skipped.remarks).toMatchObject([{ code: 'FIELDS_SCANNED', incomplete: false }]);
    expect(skipped.bytes.equals(Buffer.concat([bytes, bytes, Buffer.alloc(150, 'x')]))).toBe(true);
    // Padding, too, where it is no zeros.
    for (const kind of [0x80, 0xfe]) {
      const much = await unpacked(snappy, Buffer.concat([packed, chunk(kind, 9000)]));
      expect(much.remarks).toContainEqual(expect.objectContaining({ code: 'UNPACK_PASSED_OVER', incomplete: true }));
    }
    const unknown = await unpacked(snappy, Buffer.concat([packed, chunk(0x7f, 10)]));
    expect(unknown.remarks[0]).toMatchObject({ code: 'UNPACK_UNSUPPORTED', incomplete: true });
    expect(unknown.bytes.length).toBe(bytes.length + 14);
  });
});
