/** Heap snapshots that node itself writes. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readDumpMap } from '../../src/dump/detect.js';
import { bytesReader } from '../../src/source/open.js';
import type { DumpMap } from '../../src/types.js';
import { expectCutsTold } from '../support/cuts.js';

const mapOf = (bytes: Uint8Array): DumpMap => readDumpMap(bytesReader(bytes), bytes.length);

describe('a heap snapshot of V8', () => {
  let dump = Buffer.alloc(0);
  beforeAll(() => {
    const folder = mkdtempSync(path.join(tmpdir(), 'snapshot-'));
    const file = path.join(folder, 'x.heapsnapshot');
    const program = `globalThis.kept = ['plan', 'ted-in-the-heap'].join(''); require('v8').writeHeapSnapshot(process.argv[1])`;
    execFileSync(process.execPath, ['-e', program, file]);
    dump = readFileSync(file);
    rmSync(folder, { recursive: true });
  }, 60_000);

  it('is told apart into graph and strings, as JSON.parse does', () => {
    const map = mapOf(dump);
    const truth = JSON.parse(dump.toString()) as { snapshot: { node_count: number; edge_count: number } };
    expect(map).toMatchObject({ format: 'v8-heap-snapshot', declaredSize: dump.length });
    expect(map.facts).toEqual([
      ['nodes', String(truth.snapshot.node_count)],
      ['edges', String(truth.snapshot.edge_count)],
    ]);
    expect(map.warnings.map(({ code, incomplete }) => [code, incomplete])).toEqual([['STRINGS_IN_PIECES', false]]);
    const [graph, strings] = map.regions;
    expect([graph?.kind, strings?.kind]).toEqual(['metadata', 'heap']);
    expect(dump.indexOf('planted-in-the-heap')).toBeGreaterThan(strings?.offset ?? Number.POSITIVE_INFINITY);
    expect((graph?.length ?? 0) + (strings?.length ?? 0)).toBe(dump.length);
  });

  it('cut at any place says so', () => {
    expectCutsTold(dump.subarray(0, -2), 40, 30);
  });

  it('from a stream is not called cut', () => {
    const map = readDumpMap(bytesReader(dump.subarray(0, 100_000)), undefined);
    expect(map.warnings.some(({ incomplete }) => incomplete)).toBe(false);
  });
});
