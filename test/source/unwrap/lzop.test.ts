import { describe, expect, it } from 'vitest';
import { lzop } from '../../../src/source/unwrap/lzop.js';
import { behavesAsCompression, packedFile, unpacked } from '../../support/unpacking.js';

behavesAsCompression(lzop, { extension: '.lzo', small: 'lzop-small.lzo', magicLength: 9, checked: true });

describe('lzop', () => {
  it('tells checksums that do not match, of either kind', async () => {
    for (const name of ['lzop-small.lzo', 'crc32-small.lzo']) {
      const packed = Buffer.from(packedFile(name));
      const { bytes } = await unpacked(lzop, packed);
      // The size of the data, of the packed data, then the checksum.
      const size = Buffer.alloc(4);
      size.writeUInt32BE(bytes.length);
      const at = packed.indexOf(size) + 8;
      packed[at] = (packed[at] ?? 0) ^ 1;
      const got = await unpacked(lzop, packed);
      expect(got).toMatchObject({ bytes, remarks: [{ code: 'UNPACK_DAMAGED', incomplete: true }] });
    }
  });
});
