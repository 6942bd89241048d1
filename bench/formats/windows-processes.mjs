/**
 * Whether another reader sees in the tests' machines with Windows (test/dump/build/windows-machine.ts) what dumpsieve
 * sees: MemProcFS opens each image, and reads, in the process and at the address that a finding tells, the bytes that stand
 * at the finding's place of the file. No Windows runs here, so that this says that two readers agree, not that a real
 * machine is read.
 *
 *   PYTHON=… node bench/formats/windows-processes.mjs     PYTHON: with memprocfs and leechcorepyc of PyPI (5.19 was used);
 *                                                         they want libusb-1.0, and their folders in LD_LIBRARY_PATH
 */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { builders, windowsMachine } from '../builders.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '..', '..');
const cli = path.join(root, 'dist', 'cli', 'main.js');
const work = mkdtempSync(path.join(tmpdir(), 'windows-processes-'));
const PAGE = 4096;
/** MemProcFS wants 16 MiB, and more than ten processes. */
const SIZE = 17 * 2 ** 20;
/** The first page that the builder takes. */
const SYSTEM_TABLE = 0x1000n;
const HEAP = 0x1f3_a0b1_2000n;

/** A machine whose processes each have a key of their own, across two pages that do not follow each other. */
function image(WindowsMachine, build, options) {
  const machine = new WindowsMachine(build, options);
  const names = ['smss.exe', 'csrss.exe', 'lsass.exe', ...Array.from({ length: 10 }, (_, i) => `server${i}.exe`)];
  for (const [index, name] of names.entries()) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const heap = Buffer.alloc(10 * PAGE);
    heap.set(privateKey.export({ format: 'der', type: 'pkcs8' }), PAGE - 100);
    machine.process(name, 348 + 4 * index, [[HEAP, heap]]);
  }
  const bytes = Buffer.alloc(SIZE);
  bytes.set(machine.finish());
  return bytes;
}

/** Where findings are, by process and address. */
function placesIn(file) {
  let stdout;
  try {
    stdout = execFileSync(process.execPath, [cli, 'scan', '--format', 'json', file], { encoding: 'utf8' });
  } catch (error) {
    stdout = error.stdout; // 1: there are findings
  }
  const [input] = JSON.parse(stdout).inputs;
  return input.findings.flatMap(({ locations }) =>
    locations
      .filter(({ process }) => process !== undefined)
      .map(({ process, address, offset, length }) => ({ process, address, offset, length })),
  );
}

try {
  const [{ buildBitmap, buildFull }] = await builders('windows-kernel');
  const { WindowsMachine, builds } = await windowsMachine();
  const whole = (bytes) => [{ page: 0, bytes }];
  const forms = {
    raw: (bytes) => bytes,
    full: (bytes) => buildFull(whole(bytes), 64, SYSTEM_TABLE),
    bitmap: (bytes) => buildBitmap(5, whole(bytes), SIZE / PAGE, 64, SYSTEM_TABLE),
  };
  const variants = [
    ['raw', {}],
    ['raw', { shadow: true }],
    ['raw', { large: true }],
    ['full', {}],
    ['bitmap', {}],
  ];
  for (const build of builds) {
    for (const [form, options] of variants) {
      const file = path.join(work, `image.${form}`);
      writeFileSync(file, forms[form](image(WindowsMachine, build, options)));
      const places = path.join(work, 'places.json');
      writeFileSync(places, JSON.stringify(placesIn(file)));
      const python = process.env.PYTHON ?? 'python3';
      const said = execFileSync(python, [path.join(here, 'windows-processes.py'), file, places], { encoding: 'utf8' });
      console.log(`${build}, ${form} ${JSON.stringify(options)}: ${said.trim()}`);
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
