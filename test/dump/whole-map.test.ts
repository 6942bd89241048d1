import { describe, expect, it } from 'vitest';
import { readDumpMap } from '../../src/dump/detect.js';
import { readWholeMap } from '../../src/dump/whole-map.js';
import { bytesReader } from '../../src/source/open.js';
import { Random } from '../support/random.js';
import { buildCore, prstatusX64 } from './build/elf.js';

const random = new Random(3);

async function* inPieces(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}

function wholeMap(bytes: Uint8Array, window: number) {
  let passes = 0;
  const again = () => {
    passes++;
    return inPieces(bytes);
  };
  return readWholeMap(bytes.subarray(0, window), again).then((map) => ({ map, passes: () => passes }));
}

describe('the map of a stream that can be read again', () => {
  const core = buildCore({
    bits: 64,
    big: false,
    extended: true,
    segments: Array.from({ length: 0xffff }, (_, i) => ({ address: BigInt(i) << 13n, bytes: random.bytes(1) })),
    notes: [{ type: 1, desc: prstatusX64(77, 0x10n) }],
  });

  it('is that of the file, with headers, notes and the count of segments behind the first window', async () => {
    const { map, passes } = await wholeMap(core, 4096);
    const { attribute: _, ...expected } = readDumpMap(bytesReader(core), core.length);
    expect(map).toEqual(expected);
    expect(map.threads.map(({ id }) => id)).toEqual([77]);
    expect(passes()).toBeLessThanOrEqual(5);
  });

  it('tells what a truncated stream lacks', async () => {
    const { map } = await wholeMap(core.subarray(0, core.length - 100), 4096);
    expect(map.warnings.map(({ code }) => code)).toContain('TRUNCATED');
  });
});
