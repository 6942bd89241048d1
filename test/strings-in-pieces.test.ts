/** Keys in strings that a program put together, in heap snapshots of V8. */
import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { scan } from '../src/engine.js';
import type { InputReport } from '../src/types.js';
import { type BuiltNode, buildSnapshot, rope, text } from './dump/build/v8.js';
import { buildTar } from './support/build-tar.js';
import { essence } from './support/essence.js';
import { withFile } from './support/files.js';
import { spkiSha256Of } from './support/keys.js';
import { Random } from './support/random.js';

const scanFile = async (file: string, chunkSize?: number) => (await scan({ targets: [file], chunkSize })).inputs;
const scanBytes = (bytes: Uint8Array, chunkSize?: number) => withFile(bytes, (file) => scanFile(file, chunkSize));

function rsaKey() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  return { pem, spki: spkiSha256Of(publicKey) };
}

/** A string of these pieces, whose texts stand in any order, and not side by side. */
function stringOf(parts: readonly string[], seed: number): BuiltNode[] {
  const random = new Random(seed);
  const order = parts.map((_, i) => [random.next(), i] as const).sort(([a], [b]) => a - b);
  const nodes: BuiltNode[] = [];
  const at = new Map<number, number>();
  for (const [, part] of order) {
    at.set(part, nodes.push(text(parts[part] as string)) - 1);
    nodes.push(text(`{between ${part}}`));
  }
  let last = at.get(0) as number;
  for (let part = 1; part < parts.length; part++) last = nodes.push(rope(last, at.get(part) as number)) - 1;
  return nodes;
}

const linesOf = (pem: string) => pem.split(/(?<=\n)/);
const confidences = (report: InputReport | undefined, spki: string) =>
  report?.findings.filter(({ key }) => key?.spkiSha256 === spki).map(({ confidence }) => confidence);

describe('a key that was put together of lines', () => {
  const { pem, spki } = rsaKey();
  const dump = buildSnapshot(stringOf(linesOf(pem), 1));

  it('is found where its lines are, in a file and packed, whatever the chunks', async () => {
    const [plain] = (await scanBytes(dump)) as [InputReport];
    expect(plain.format).toBe('v8-heap-snapshot');
    expect(plain.warnings.map(({ code }) => code)).toEqual(['STRINGS_IN_PIECES']);
    expect(confidences(plain, spki)).toEqual(['proven']);
    const { locations = [] } = plain.findings[0] ?? {};
    const lines = linesOf(pem);
    expect(locations).toHaveLength(lines.length);
    const found = locations.map(({ offset, length, part }) => {
      const [, number, of] = /\((\d+) of (\d+)\)$/.exec(part) ?? [];
      expect(Number(of)).toBe(lines.length);
      return [Number(number), dump.subarray(offset, offset + length).toString('latin1')] as const;
    });
    for (const [number, there] of found) {
      const line = JSON.stringify(lines[number - 1]).slice(1, -1);
      // The last line’s end is no part of the key.
      expect(there === line || `${there}\\n` === line, `line ${number}`).toBe(true);
    }
    expect(essence((await scanBytes(dump, 4096))[0] as InputReport)).toEqual(essence(plain));
    for (const packed of [gzipSync(dump), buildTar([['dump', dump]]), gzipSync(buildTar([['dump', gzipSync(dump)]]))]) {
      const inputs = await scanBytes(packed);
      expect(essence(inputs.at(-1) as InputReport)).toEqual(essence(plain));
    }
  });

  it('is not found through a pipe, which is read once, and that is told', async () => {
    const report = await withFile(dump, async (file) => {
      const fifo = `${file}.pipe`;
      execFileSync('mkfifo', [fifo]);
      spawn('sh', ['-c', `cat '${file}' > '${fifo}'`], { stdio: 'inherit' });
      return (await scanFile(fifo))[0];
    });
    expect(report?.verdict).toBe('incomplete');
    expect(report?.warnings.map(({ code }) => code)).toContain('STRINGS_NOT_JOINED');
  });

  it('is found in a long text, also where a window of it ends', async () => {
    // Windows have a mebibyte: the first ends in the key, whatever it keeps for the next.
    const filler = (bytes: number, name: string) =>
      Array.from({ length: Math.ceil(bytes / 1000) }, (_, i) => `${name}${i};`.padEnd(1000, '.'));
    for (const before of [1_048_576 - 800, 1_048_576 - 65_536 - 800, 1_048_576 + 800]) {
      const parts = [...filler(before, 'before'), ...linesOf(pem), ...filler(200_000, 'behind')];
      const [report] = await scanBytes(buildSnapshot(stringOf(parts, 2)));
      expect(confidences(report, spki), `behind ${before} bytes`).toEqual(['proven']);
    }
  });

  it('is not put together of the pieces of two strings', async () => {
    const lines = linesOf(pem);
    const half = lines.length / 2;
    const first = stringOf(lines.slice(0, half), 3);
    const second = stringOf(lines.slice(half), 4).map(({ edges, ...node }) => ({
      ...node,
      edges: edges?.map(([type, name, to]) => [type, name, to + first.length] as const),
    }));
    const [report] = await scanBytes(buildSnapshot([...first, ...second]));
    expect(confidences(report, spki)?.length ?? 0).toBeLessThanOrEqual(1);
    const whole = report?.findings.some(({ evidence }) => evidence.some((line) => line.includes('qInv')));
    expect(whole).toBe(false);
  });
});

it('keys that a program of node put together are found in the snapshot that it writes', async () => {
  const keys = [rsaKey(), rsaKey(), rsaKey(), rsaKey()] as const;
  const folder = mkdtempSync(path.join(tmpdir(), 'snapshot-'));
  const file = path.join(folder, 'x.heapsnapshot');
  // What JSON.parse gives are strings of their own.
  const program = `
    const [looped, reversed, inTemplate, inText] = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
    const put = (lines) => lines.reduce((text, line) => text + line, '');
    globalThis.kept = [
      put(looped),
      reversed.reduceRight((text, line) => line + text, ''),
      \`the key is \${put(inTemplate)}, and this is what follows\`,
      put([...Array(20000).keys()].map((i) => 'line ' + i + ' of a long text\\n')) + put(inText) + put([...Array(20000).keys()].map((i) => i + ' lines behind it\\n')),
    ];
    require('v8').writeHeapSnapshot(process.argv[1])`;
  try {
    const input = JSON.stringify(keys.map(({ pem }) => linesOf(pem)));
    execFileSync(process.execPath, ['-e', program, file], { input });
    const [report] = await scanBytes(readFileSync(file));
    for (const { spki } of keys) expect(confidences(report, spki)).toEqual(['proven']);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
