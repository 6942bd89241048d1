import { describe, expect, it } from 'vitest';
import { dpapiDetector } from '../../../src/detect/dpapi/detector.js';
import { Random } from '../../support/random.js';
import { cutEverywhere, flipBits, plant, scan } from '../binary-harness.js';

/** Written out field by field, after the published layout. */
function blob(seed: number, cipher = '10660000'): Buffer {
  const random = (length: number) => Buffer.from(new Random(seed + length).bytes(length)).toString('hex');
  return Buffer.from(
    [
      ...['01000000', 'd08c9ddf0115d1118c7a00c04fc297eb', '01000000', random(16), '00000000'],
      ...['0a000000', Buffer.from('kiwi\0', 'utf16le').toString('hex'), cipher, '00010000'],
      ...['20000000', random(32), '00000000', '0e800000', '00020000', '20000000', random(33).slice(2)],
      ...['30000000', random(48), '40000000', random(64)],
    ].join(''),
    'hex',
  );
}

describe('a DPAPI blob', () => {
  it('is told as sealed, with its cipher, at all of its bytes', () => {
    const { bytes, offset } = plant(blob(1), 5);
    expect(scan([dpapiDetector], bytes).found).toMatchObject([
      { from: offset, to: offset + blob(1).length, severity: 'low', evidence: ['encrypted: DPAPI, AES-256'] },
    ]);
  });

  it('differs from another', () => {
    const { found } = scan([dpapiDetector], Buffer.concat([blob(1), blob(2), blob(1)]));
    expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(2);
  });

  it('is more than the GUID of its provider', () => {
    expect(scan([dpapiDetector], blob(1).subarray(0, 30)).found).toEqual([]);
    expect(scan([dpapiDetector], blob(1).subarray(4)).found).toEqual([]);
    expect(scan([dpapiDetector], blob(1, 'ffff0000')).found).toEqual([]);
  });

  it('throws nothing wherever it is cut or damaged', () => {
    const use = (bytes: Uint8Array) => void scan([dpapiDetector], bytes);
    cutEverywhere(blob(3), use);
    flipBits(blob(3), 500, 7, use);
  });
});
