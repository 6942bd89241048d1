import { describe, expect, it } from 'vitest';
import { xz } from '../../../src/source/unwrap/xz.js';
import { behavesAsCompression, packedFile, unpacked } from '../../support/unpacking.js';

behavesAsCompression(xz, { extension: '.xz', small: 'xz-small.xz', magicLength: 6, checked: true });

describe('xz', () => {
  it('tells a checksum that does not match, whatever its kind', async () => {
    for (const name of ['xz-small.xz', 'sha256-small.xz', 'delta-small.xz']) {
      const packed = packedFile(name);
      const { bytes } = await unpacked(xz, packed);
      // Before the index (of 8 bytes here) and the footer stands the check.
      const at = packed.length - 12 - 12 - 1;
      packed[at] = (packed[at] ?? 0) ^ 1;
      const got = await unpacked(xz, packed);
      expect([name, got.remarks]).toMatchObject([name, [{ code: 'UNPACK_DAMAGED', incomplete: true }]]);
      expect(got.bytes.equals(bytes)).toBe(true);
    }
  });
});
