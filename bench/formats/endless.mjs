/** A gzip without an end, through a pipe into the scanner. usage: endless.mjs MEBIBYTES (0: the usual limits) */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import { scan } from '../../dist/index.js';

if (process.argv[2] === 'source') {
  const packer = createGzip({ level: 1 });
  packer.pipe(process.stdout);
  process.stdout.on('error', () => process.exit());
  const zeros = Buffer.alloc(1 << 20);
  const more = () => {
    while (packer.write(zeros));
    packer.once('drain', more);
  };
  more();
} else if (process.argv[3] === 'scan') {
  const allowance = Number(process.argv[2]) << 20;
  const limits = allowance > 0 ? { unpackLimits: { most: 2 ** 46, ratio: 1000, allowance } } : {};
  const { inputs } = await scan({ targets: ['-'], jobs: 2, ...limits });
  console.log(JSON.stringify({ inputs }));
} else {
  const own = fileURLToPath(import.meta.url);
  const source = spawn(process.execPath, [own, 'source'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const timed = ['-o', process.argv[3], '-f', '%e %U %S %M', process.execPath, own, process.argv[2], 'scan'];
  const scanner = spawn('/usr/bin/time', timed, {
    stdio: [source.stdout, 'inherit', 'inherit'],
    cwd: path.dirname(own),
  });
  scanner.on('exit', () => source.kill());
}
