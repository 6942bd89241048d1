/** Strings in pieces: those of a snapshot that node writes, joined by JSON.parse and recursion, and built ones. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readDumpMap } from '../../src/dump/detect.js';
import { bytesReader } from '../../src/source/open.js';
import { cpuTimer } from '../support/cpu.js';
import { pieces } from '../support/pieces.js';
import { Random } from '../support/random.js';
import { type BuiltNode, buildSnapshot, rope, slice, text } from './build/v8.js';

/** The joined strings as they stand in the dump, escapes and all; and the codes of what was not joined. */
async function joined(dump: Buffer, size = 1 << 16): Promise<{ strings: string[]; codes: string[]; total: number }> {
  const joins = await readDumpMap(bytesReader(dump), dump.length).joins?.(pieces(dump, size));
  if (joins === undefined) throw new Error('no joins');
  const strings: string[] = [];
  let [string, total] = ['', 0];
  for (const span of joins.spans) {
    if (span === undefined) {
      strings.push(string);
      string = '';
      continue;
    }
    total += span.length;
    const bytes = Buffer.from(await joins.read(span));
    const there = dump.subarray(span.offset, span.offset + span.length);
    if (!bytes.equals(there)) throw new Error(`other bytes at ${span.offset}`);
    string += bytes.toString('latin1');
  }
  const codes = joins.warnings().map(({ code, incomplete }) => `${code} ${incomplete}`);
  joins.wipe();
  return { strings, codes, total };
}

const unescaped = (strings: readonly string[]) => strings.map((string) => JSON.parse(`"${string}"`) as string).sort();

interface Parsed {
  snapshot: { meta: { node_fields: string[]; node_types: [string[]]; edge_fields: string[] } };
  nodes: number[];
  edges: number[];
  strings: string[];
}

/** The straightforward way: the whole graph in memory, and recursion. */
function truthOf(dump: Buffer): string[] {
  const { snapshot, nodes, edges, strings } = JSON.parse(dump.toString()) as Parsed;
  const { node_fields: fields, node_types: types, edge_fields: edgeFields } = snapshot.meta;
  const at = (node: number, field: string) => nodes[node * fields.length + fields.indexOf(field)] as number;
  const edgeAt = (edge: number, field: string) => edges[edge * edgeFields.length + edgeFields.indexOf(field)] as number;
  const count = nodes.length / fields.length;
  const firstEdge = [0];
  for (let node = 0; node < count; node++) firstEdge.push((firstEdge[node] as number) + at(node, 'edge_count'));
  const partOf = (node: number, name: string): number => {
    for (let edge = firstEdge[node] as number; edge < (firstEdge[node + 1] as number); edge++) {
      if (strings[edgeAt(edge, 'name_or_index')] === name) return edgeAt(edge, 'to_node') / fields.length;
    }
    throw new Error(`no ${name}`);
  };
  const typeOf = (node: number) => types[0][at(node, 'type')];
  const leavesOf = (node: number): Array<readonly [text: string, slicedFrom?: number]> => {
    const type = typeOf(node);
    if (type === 'sliced string') {
      const parent = partOf(node, 'parent');
      return leavesOf(parent).map(([leaf]) => [leaf, parent]);
    }
    if (type !== 'concatenated string') return [[strings[at(node, 'name')] as string]];
    return [...leavesOf(partOf(node, 'first')), ...leavesOf(partOf(node, 'second'))];
  };
  const all = Array.from({ length: count }, (_, node) => node);
  const ropes = all.filter((node) => typeOf(node) === 'concatenated string');
  // One of a single text that is not empty is only that text, and so is what holds it.
  const several = ropes.filter((node) => leavesOf(node).filter(([leaf]) => leaf !== '').length > 1);
  const parts = new Set<number>();
  for (const node of several) {
    for (const name of ['first', 'second']) {
      const mark = (part: number): void => {
        parts.add(part);
        if (typeOf(part) !== 'concatenated string') return;
        for (const each of ['first', 'second']) mark(partOf(part, each));
      };
      const part = partOf(node, name);
      // What has all there is of the node is the node itself.
      const rest = leavesOf(partOf(node, name === 'first' ? 'second' : 'first'));
      if (rest.some(([leaf]) => leaf !== '')) mark(part);
    }
  }
  const roots = several.filter((node) => {
    if (parts.has(node)) return false;
    const [first, second] = [leavesOf(partOf(node, 'first')), leavesOf(partOf(node, 'second'))];
    return first.some(([leaf]) => leaf !== '') && second.some(([leaf]) => leaf !== '');
  });
  return roots
    .map((root) => {
      let range: number | undefined;
      return leavesOf(root)
        .map(([leaf, from]) => {
          if (from !== undefined && from === range && leaf !== '') return '';
          if (from !== undefined) range = from;
          return leaf;
        })
        .join('');
    })
    .sort();
}

describe('strings in pieces of a snapshot that node writes', () => {
  let dump = Buffer.alloc(0);
  beforeAll(() => {
    const folder = mkdtempSync(path.join(tmpdir(), 'snapshot-'));
    const file = path.join(folder, 'x.heapsnapshot');
    // What JSON.parse gives are strings of their own; those of split are slices.
    const program = `
      globalThis.kept = [];
      const words = JSON.parse(JSON.stringify(Array.from({ length: 200 }, (_, i) => 'a word of the number ' + i + ' "\\n\\\\\\t\\u00e9\\u20ac\\ud83d\\ude00')));
      let loop = ''; for (const word of words) loop += word + '\\n'; kept.push(loop);
      let reversed = ''; for (const word of words) reversed = word + reversed; kept.push(reversed);
      kept.push(\`between \${words[3]} and \${loop}, there is \${words[7]}\`);
      const source = Buffer.from('one slice after another;two slices after another').toString();
      kept.push('Here is ' + source.slice(0, 23) + ' and then ' + source.slice(24) + '.');
      let flat = ''; for (const word of words) flat += word + '.'; /flat/.test(flat); kept.push(flat, flat + ' goes on behind it');
      require('v8').writeHeapSnapshot(process.argv[1])`;
    execFileSync(process.execPath, ['-e', program, file]);
    dump = readFileSync(file);
    rmSync(folder, { recursive: true });
  }, 60_000);

  it.each([1 << 18, 9973])('are joined as recursion does it, read in pieces of %i bytes', async (size) => {
    const { strings, codes } = await joined(dump, size);
    const truth = truthOf(dump);
    expect(unescaped(strings)).toEqual(truth);
    expect(truth.some((string) => string.startsWith('a word of the number 199') && string.length > 6000)).toBe(true);
    expect(truth.some((string) => string.startsWith('between') && string.length > 6000)).toBe(true);
    expect(truth.some((string) => string.includes('one slice after another;two slices'))).toBe(true);
    // One that was flattened is one string, and cut.
    expect(truth.some((string) => string.length < 1100 && string.endsWith(' goes on behind it'))).toBe(true);
    expect(codes).toEqual([]);
  });
});

describe('strings in pieces', () => {
  const joinedOf = (nodes: readonly BuiltNode[], size?: number) => joined(buildSnapshot(nodes), size);

  it.each([1, 2, 7, 64, 1 << 16])('are found by the snapshot’s own fields, in pieces of %i bytes', async (size) => {
    const nodes = [text('a"\\b'), text(''), text('c\nd'), rope(0, 2), rope(1, 3), slice(0), rope(4, 5)];
    const { strings, codes } = await joinedOf(nodes, size);
    expect(unescaped(strings)).toEqual(['a"\\bc\nda"\\b']);
    expect(codes).toEqual([]);
  });

  it('that are parts of each other in a circle are cut open', async () => {
    const { strings } = await joinedOf([text('a'), text('b'), rope(3, 0), rope(2, 1), rope(4, 4), slice(5)]);
    expect(unescaped(strings).every((string) => /^[ab]*$/.test(string))).toBe(true);
    expect(strings.join('')).toContain('a');
  });

  it('that double a hundred times cost no more than their parts, and have every joint', async () => {
    const nodes = [text('0123456789'.repeat(50)), text('!'), rope(0, 1)];
    for (let i = 0; i < 100; i++) nodes.push(rope(nodes.length - 1, nodes.length - 1));
    const { strings, codes, total } = await joinedOf(nodes);
    expect(total).toBeLessThan(110 * 64 * 1024);
    const all = `${'0123456789'.repeat(50)}!`.repeat(1000);
    // What is joined stands so in memory: an end of a part is followed by nothing that does not follow it there.
    for (const string of strings) expect(all.includes(string)).toBe(true);
    expect(strings.some((string) => string.includes('6789!0123'))).toBe(true);
    expect(codes).toEqual([]);
  });

  it('of empty ones that double a hundred times are nothing', async () => {
    const nodes = [text(''), text('x'), rope(0, 0)];
    for (let i = 0; i < 100; i++) nodes.push(rope(nodes.length - 1, nodes.length - 1));
    nodes.push(rope(1, nodes.length - 1), rope(nodes.length - 1, 1));
    expect((await joinedOf(nodes)).strings).toEqual([]);
  });

  it.each([
    ['to the left', (last: number) => rope(last, 0)],
    ['to the right', (last: number) => rope(0, last)],
  ])('may lean %s, a hundred thousand deep', async (_, next) => {
    const nodes = [text('ab'), rope(0, 0)];
    for (let i = 0; i < 100_000; i++) nodes.push(next(nodes.length - 1));
    const { strings, codes } = await joinedOf(nodes);
    expect(strings).toEqual(['ab'.repeat(100_002)]);
    expect(codes).toEqual([]);
  });

  it('of which there are too many ways to read are cut, in bounded time, and that is told', async () => {
    const nodes = [text('ab'), rope(0, 0)];
    for (let i = 0; i < 50_000; i++) nodes.push(rope(nodes.length - 1, 0));
    const deep = nodes.length - 1;
    for (let i = 0; i < 10_000; i++) nodes.push(rope(deep, 0));
    const dump = buildSnapshot(nodes);
    const elapsed = cpuTimer();
    const joins = await readDumpMap(bytesReader(dump), dump.length).joins?.(pieces(dump, 1 << 16));
    let count = 0;
    for (const _ of joins?.spans ?? []) count++;
    expect(count).toBeGreaterThan(100_000);
    expect(joins?.warnings()).toMatchObject([{ code: 'STRINGS_CUT', incomplete: true }]);
    expect(elapsed()).toBeLessThan(20_000);
  }, 120_000);

  it('whose counts of edges lie are not joined with what is not theirs to the end, and nothing is thrown', async () => {
    const nodes = [text('a'), text('b'), rope(0, 1), rope(1, 0)];
    for (const count of [0, 1, 2, 4, 1e9, 1e15]) {
      const dump = buildSnapshot(nodes, new Map([[0, count]]));
      expect((await joined(dump)).strings.every((string) => /^[ab]{2}$/.test(string))).toBe(true);
    }
  });

  it('of a snapshot without a description, or that ends early, are told not to be joined', async () => {
    const dump = buildSnapshot([text('a'), text('b'), rope(0, 1)]);
    const without = Buffer.from(dump.toString('latin1').replace('"edge_count","id"', '"edge_mount","id"'), 'latin1');
    expect((await joined(without)).codes).toEqual(['STRINGS_NOT_JOINED true']);
    const from = dump.indexOf('"nodes":[');
    for (let length = from; length < dump.indexOf('"second"'); length++) {
      const { codes, strings } = await joined(dump.subarray(0, length));
      expect([codes, strings], `cut at ${length}`).toEqual([['STRINGS_NOT_JOINED true'], []]);
    }
  });

  it('of a damaged snapshot: nothing is thrown, whatever the bytes', async () => {
    const random = new Random(8);
    const nodes = [text('one'), text('two')];
    for (let i = 0; i < 60; i++) nodes.push(random.pick([rope, slice])(random.below(nodes.length), random.below(60)));
    const dump = buildSnapshot(nodes);
    for (let round = 0; round < 500; round++) {
      const damaged = Buffer.from(dump);
      for (let i = 0; i < 4; i++) {
        damaged[dump.indexOf('"nodes":[') + random.below(dump.length - 600)] = random.pick([
          ...Buffer.from('0195,]["\\-x'),
        ]);
      }
      await joined(damaged, 1 + random.below(4096));
    }
  });
});
