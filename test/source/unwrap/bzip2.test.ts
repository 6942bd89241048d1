import { describe, expect, it } from 'vitest';
import { bzip2 } from '../../../src/source/unwrap/bzip2.js';
import { behavesAsCompression, packedFile, unpacked } from '../../support/unpacking.js';

behavesAsCompression(bzip2, { extension: '.bz2', small: 'bzip2-small.bz2', magicLength: 10, checked: true });

describe('bzip2', () => {
  it('takes text that begins alike for what it is', () => {
    expect(bzip2.matches(Buffer.from('BZh is not compressed'))).toBe(false);
    expect(bzip2.matches(Buffer.from('BZh01AY&SY'))).toBe(false);
    expect(bzip2.matches(Buffer.from('BZh91AY&SY'))).toBe(true);
  });

  it('tells checksums of block and stream that do not match, and goes on', async () => {
    const packed = packedFile('bzip2-small.bz2');
    const { bytes } = await unpacked(bzip2, packed);
    for (const at of [10, packed.length - 3]) {
      const damaged = packed.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      const got = await unpacked(bzip2, Buffer.concat([damaged, packed]));
      expect(got.bytes.equals(Buffer.concat([bytes, bytes]))).toBe(true);
      expect(got.remarks[0]).toMatchObject({ code: 'UNPACK_DAMAGED', incomplete: true });
    }
  });
});
