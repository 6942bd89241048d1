/**
 * How much a physical image without page tables loses: the pages of real cores in random order, as physical memory holds
 * them, and which of the keys that are found in the core are still found in that heap of pages.
 *
 *   node bench/matrix/scrambled.mjs DIR    the ELF cores of a matrix (npm run matrix makes them in bench/data/matrix)
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const PAGE = 4096;
const cli = fileURLToPath(new URL('../../dist/bundle/cli.js', import.meta.url));
const folder = process.argv[2];
const scratch = mkdtempSync(path.join(tmpdir(), 'scrambled-'));

/** File offset and length of each PT_LOAD of a 64-bit little-endian ELF file (System V ABI, chapter 5). */
function segmentsOf(core) {
  const [table, size, count] = [Number(core.readBigUInt64LE(32)), core.readUInt16LE(54), core.readUInt16LE(56)];
  return Array.from({ length: count }, (_, i) => table + i * size)
    .filter((at) => core.readUInt32LE(at) === 1)
    .map((at) => [Number(core.readBigUInt64LE(at + 8)), Number(core.readBigUInt64LE(at + 32))]);
}

/** Whole pages, those of zeros left out, shuffled (Fisher and Yates) by a fixed generator (Numerical Recipes' LCG). */
function scramble(core) {
  const pages = segmentsOf(core).flatMap(([offset, length]) =>
    Array.from({ length: Math.floor(length / PAGE) }, (_, i) => offset + i * PAGE),
  );
  const full = pages.filter((at) => core.subarray(at, at + PAGE).some((byte) => byte !== 0));
  let state = 1;
  for (let i = full.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const j = state % (i + 1);
    [full[i], full[j]] = [full[j], full[i]];
  }
  return Buffer.concat(full.map((at) => core.subarray(at, at + PAGE)));
}

/** Public fingerprints of what is critical. */
function keysIn(file) {
  const { stdout } = spawnSync(process.execPath, [cli, 'scan', file, '--format', 'json', '--no-progress'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const findings = JSON.parse(stdout).inputs.flatMap((input) => input.findings);
  return new Set(
    findings.filter(({ severity }) => severity === 'critical').map(({ key, id }) => key?.spkiSha256 ?? id),
  );
}

let [all, kept] = [0, 0];
console.log('| core | keys | in pages without order |\n| --- | --: | --: |');
for (const name of readdirSync(folder)
  .filter((file) => file.endsWith('.core'))
  .sort()) {
  const file = path.join(folder, name);
  const core = readFileSync(file);
  if (core.readUInt32BE(0) !== 0x7f454c46 || core[4] !== 2 || core[5] !== 1) continue;
  const raw = path.join(scratch, `${name}.raw`);
  writeFileSync(raw, scramble(core));
  const [before, after] = [keysIn(file), keysIn(raw)];
  rmSync(raw);
  const still = [...before].filter((id) => after.has(id)).length;
  all += before.size;
  kept += still;
  if (still < before.size) console.log(`| ${name} | ${before.size} | ${still} |`);
}
console.log(`| all | ${all} | ${kept} |`);
rmSync(scratch, { recursive: true });
