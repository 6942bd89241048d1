/** Go heap dumps: a real one by Go's runtime, whose program printed the addresses, and built ones. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readDumpMap } from '../../src/dump/detect.js';
import { RegionIndex, seams } from '../../src/dump/map.js';
import { bytesReader } from '../../src/source/open.js';
import type { DumpMap } from '../../src/types.js';
import { cpuTimer } from '../support/cpu.js';
import { expectCutsTold } from '../support/cuts.js';
import { Random } from '../support/random.js';

const mapOf = (bytes: Uint8Array): DumpMap => readDumpMap(bytesReader(bytes), bytes.length);

describe('a heap dump of Go', () => {
  const folder = new URL('../fixtures/dump/go/', import.meta.url);
  const dump = gunzipSync(readFileSync(new URL('plant.heapdump.gz', folder)));
  const [secret, other] = readFileSync(new URL('addresses', folder), 'utf8').trim().split(' ');

  it('gives each object the address that the program printed', () => {
    const map = mapOf(dump);
    expect(map).toMatchObject({ format: 'go-heap-dump', warnings: [], declaredSize: dump.length, holes: [] });
    expect(map.facts[0]).toEqual(['machine', 'amd64, 64-bit, little-endian']);
    expect(map.facts[1]?.[1]).toMatch(/^go1\./);
    const place = (bytes: Uint8Array) => new RegionIndex(map).locate({ offset: dump.indexOf(bytes), length: 1 });
    expect(place(Uint8Array.from({ length: 4096 }, (_, i) => 7 * i + (i >> 8)))).toEqual([
      { address: secret, region: 'heap' },
    ]);
    expect(place(Uint8Array.from({ length: 64 }, (_, i) => 3 + 11 * i))).toEqual([{ address: other, region: 'heap' }]);
    expect(map.threads.length).toBeGreaterThan(3);
    expect(
      map.regions.some(({ kind, thread }) => kind === 'stack' && map.threads.some(({ id }) => id === thread)),
    ).toBe(true);
    expect(map.regions.filter(({ kind }) => kind === 'module')).toHaveLength(2);
  });

  it('has no seams: objects that follow each other are no whole', () => {
    expect(seams(mapOf(dump))).toEqual([]);
  });

  it('cut at any place says so', () => {
    expectCutsTold(dump, 16, 60);
  });

  it('from a stream is mapped as far as it was read, and says what that costs', () => {
    const map = readDumpMap(bytesReader(dump.subarray(0, 100_000)), undefined);
    expect(map.warnings.map(({ code, incomplete }) => [code, incomplete])).toEqual([['MAP_PREFIX_ONLY', true]]);
    expect(map.regions.length).toBeGreaterThan(20);
  });

  it('with flipped bytes is mapped without an exception, and without a hang', () => {
    const random = new Random(6);
    for (let round = 0; round < 150; round++) {
      const copy = Buffer.from(dump);
      for (let i = 0; i < 1 + random.below(8); i++)
        copy[16 + random.below(dump.length - 16)] = random.pick([0, 255, 127, 128, random.below(256)]);
      const map = mapOf(copy);
      expect(map.declaredSize).toBeGreaterThanOrEqual(copy.length);
      for (const { offset, length } of map.regions) expect(offset + length).toBeLessThanOrEqual(copy.length);
    }
  });

  it('that is hostile is bounded', () => {
    const head = Buffer.from('go1.7 heap dump\n\x06\x00\x08\x00\x00\x05amd64\x04go99\x01', 'latin1');
    // Objects of 32 bytes, more than are told apart; and one whose fields never end.
    const object = Buffer.concat([Buffer.from([1, 0x80, 0x20, 32]), Buffer.alloc(32, 9), Buffer.from([0])]);
    const many = Buffer.concat([head, Buffer.alloc(object.length * 1_100_000, object), Buffer.from([0])]);
    const elapsed = cpuTimer();
    const map = mapOf(many);
    expect(map.regions).toHaveLength(1 << 20);
    expect(map.warnings.map(({ code, incomplete }) => [code, incomplete])).toEqual([['MAP_CUT', true]]);
    const endless = Buffer.concat([head, object.subarray(0, -1), Buffer.alloc(20_000_000, 1)]);
    expect(mapOf(endless).warnings.map(({ code }) => code)).toEqual(['TRUNCATED']);
    expect(elapsed()).toBeLessThan(15_000);
  });

  it('whose records lose the thread keeps what was good', () => {
    const head = Buffer.from('go1.7 heap dump\n\x06\x00\x08\x00\x00\x05amd64\x04go99\x01\x63', 'latin1');
    expect(mapOf(head).warnings.map(({ code }) => code)).toEqual(['DAMAGED_RECORDS']);
    expect(mapOf(Buffer.from('go1.7 heap dump\n\x63')).warnings.map(({ code }) => code)).toEqual(['DAMAGED_HEADER']);
  });
});
