import { describe, expect, it } from 'vitest';
import { lzma } from '../../../src/source/unwrap/lzma.js';
import { wrapperOf } from '../../../src/source/unwrap/registry.js';
import { behavesAsCompression, packedFile, unpacked } from '../../support/unpacking.js';

behavesAsCompression(lzma, {
  extension: '.lzma',
  small: 'lzma-small.lzma',
  magicLength: 13,
  single: true,
});

describe('lzma', () => {
  it('unpacks data whose size is known, with and without an end marker', async () => {
    const packed = Buffer.from(packedFile('lzma-small.lzma'));
    const { bytes } = await unpacked(lzma, packed);
    packed.writeBigUInt64LE(BigInt(bytes.length), 5);
    const got = await unpacked(lzma, packed);
    expect(got.bytes.subarray(0, bytes.length).equals(bytes)).toBe(true);
    packed.writeBigUInt64LE(BigInt(bytes.length + 1), 5);
    const short = await unpacked(lzma, packed);
    expect(short.remarks).toMatchObject([{ code: 'UNPACK_DAMAGED', incomplete: true }]);
  });

  it('reads no further where more follows than the size says', async () => {
    const packed = Buffer.from(packedFile('lzma-small.lzma'));
    packed.writeBigUInt64LE(20n, 5);
    let read = 0;
    async function* endless() {
      yield packed;
      for (; read < 100; read++) yield new Uint8Array(65536).fill(read);
    }
    const { bytes, remarks } = await unpacked(lzma, endless());
    expect(bytes.length).toBe(20);
    expect(remarks).toMatchObject([{ code: 'UNPACK_DAMAGED', incomplete: true }]);
    expect(read).toBeLessThan(10);
  });

  it('is not recognised in other bytes that begin alike', () => {
    expect(wrapperOf(Buffer.from('5d00008000000000000000000000ff', 'hex'))?.name).toBe('lzma');
    expect(wrapperOf(Buffer.from('5d000080000000000000000000ffff', 'hex'))).toBeUndefined();
    expect(wrapperOf(Buffer.from('5d00008080ffffffffffffffff00ff', 'hex'))).toBeUndefined();
  });
});
