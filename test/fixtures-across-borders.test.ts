/**
 * Every fixture that holds a key, across a chunk border, through the whole engine: found as it is alone, shifted by its
 * offset. That each is found alone, and named as the program that made it says, is tested with its detector.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { scan } from '../src/engine.js';
import type { InputReport } from '../src/types.js';
import { withFile } from './support/files.js';
import { Random } from './support/random.js';

const FOLDER = fileURLToPath(new URL('fixtures', import.meta.url));
const BORDER = 65_536;
/** Text in random bytes has its first and last bytes' neighbours kept apart, as the zeros around a heap block do. */
const ZEROS = 64;

const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(?:der|jks|jceks|key|memory|pgp|pem|ppk|p12|pfx|txt|conf|xml|jwk|json|bin|blob)$/.test(file))
  // Numbers are found by the alignment of their addresses: test/relate/memory.test.ts. Dumps and packed files have tests
  // of their own.
  .filter((file) => !/sarif|name\.crt|^memory|^numbers|^dump|^unwrap/.test(file))
  .sort()
  .map((file) => ({ file, bytes: readFileSync(path.join(FOLDER, file)) }))
  .filter(({ bytes }) => bytes.length < BORDER / 2);

async function scanBytes(bytes: Uint8Array, chunkSize?: number): Promise<InputReport> {
  const { inputs } = await withFile(bytes, (file) => scan({ targets: [file], chunkSize }));
  return inputs[0] as InputReport;
}

/** The places of one part of the dump, counted from its beginning. */
function places({ findings }: InputReport, offset: number, length: number): string[] {
  return findings
    .flatMap(({ rule, id, confidence, locations }) =>
      locations
        .filter((place) => place.offset >= offset && place.offset < offset + length)
        .map((place) => `${place.offset - offset}+${place.length} ${rule} ${confidence} ${id} ${place.part}`),
    )
    .sort();
}

describe('the fixtures', () => {
  it('are all found across chunk borders as they are alone', async () => {
    const random = new Random(11);
    const dump = random.bytes((files.length * 2 + 2) * BORDER);
    const alone = new Uint8Array(dump.length);
    const offsets = files.map(({ bytes }, index) => {
      const middle = (index * 2 + 1) * BORDER;
      const offset = middle - 1 - random.below(bytes.length - 1);
      for (const target of [dump, alone]) {
        target.fill(0, offset - ZEROS, offset + bytes.length + ZEROS);
        target.set(bytes, offset);
      }
      return offset;
    });
    const [cut, whole] = [await scanBytes(dump, BORDER), await scanBytes(alone)];
    const found = files.map(({ file, bytes }, index) => ({
      file,
      places: places(cut, offsets[index] as number, bytes.length),
    }));
    const wanted = files.map(({ file, bytes }, index) => ({
      file,
      places: places(whole, offsets[index] as number, bytes.length),
    }));
    expect(found).toEqual(wanted);
    const silent = found.filter(({ places }) => places.length === 0).map(({ file }) => file);
    // Public keys, certificates, damaged keys, a keystore without one, and what tests compare with: klist's words, values.
    expect(
      silent.filter(
        (file) =>
          !/pq-bad|\.crt|java-keystore\/.*\.der|trust\.jks|dummy\.pgp|dsa-2\.key|certificate|kerberos\/[\w-]+\.txt|http2\/values\.json/.test(
            file,
          ),
      ),
    ).toEqual([]);
    expect(files.length - silent.length).toBeGreaterThan(100);
  });
});
