import { describe, expect, it } from 'vitest';
import type { TextEncoding } from '../../../src/bytes/text-view.js';
import { TEXT_DETECTORS } from '../../../src/detect/text/detectors.js';
import { ENCODINGS, encode, fixture, manifest, plant, scan, spkis } from './support.js';

const SINGLE = manifest().filter(({ file }) => !file.startsWith('openpgp'));

describe.each(SINGLE)('$file, as its own program wrote it', ({ file, spki, kind }) => {
  const text = fixture(file);
  const forms = ENCODINGS.flatMap((encoding) => [64, 777].map((offset): [TextEncoding, number] => [encoding, offset]));

  it.each(forms)('is found once in %s at offset %i', (encoding, offset) => {
    const bytes = plant(encode(text, encoding), offset, offset);
    const found = scan(TEXT_DETECTORS, bytes);
    expect(spkis(found)).toEqual([kind === 'plain' ? spki : 'encrypted']);
    const [first] = found.secrets;
    expect(first?.from).toBeGreaterThanOrEqual(offset - 1);
    expect(first?.to).toBeLessThanOrEqual(offset + text.length * (encoding === 'ascii' ? 1 : 2) + 1);
  });

  it('is found among zero bytes, where UTF-16 of both byte orders looks alike', () => {
    for (const encoding of ENCODINGS) {
      const body = encode(text, encoding);
      const bytes = new Uint8Array(body.length + 64);
      bytes.set(body, 31);
      expect(spkis(scan(TEXT_DETECTORS, bytes))).toEqual([kind === 'plain' ? spki : 'encrypted']);
    }
  });

  it('causes no exception wherever it is cut', () => {
    for (const encoding of ENCODINGS) {
      const bytes = encode(text, encoding);
      for (let end = 0; end < bytes.length; end += file.includes('rsa') ? 7 : 1) {
        expect(() => scan(TEXT_DETECTORS, bytes.subarray(0, end))).not.toThrow();
      }
    }
  });
});
