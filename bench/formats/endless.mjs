/** A gzip without an end, through a pipe into the scanner. usage: endless.mjs MEBIBYTES (0: the usual limits) */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import { scan } from '../../dist/index.js';

if (process.argv[2] === 'source') {
  // The best there is: less than a thousandfold is what dumps do, and is unpacked for as long as it comes.
  const packer = createGzip({ level: 9 });
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
  // A pipe of the shell's: node's own would be a socket.
  const line = '"$0" "$1" source | /usr/bin/time -o "$3" -f "%e %U %S %M" "$0" "$1" "$2" scan';
  spawn('sh', ['-c', line, process.execPath, own, process.argv[2], process.argv[3]], { stdio: 'inherit' });
}
