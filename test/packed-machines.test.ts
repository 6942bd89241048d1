import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { scan } from '../src/engine.js';
import { MAX_HELD } from '../src/source/unwrap/held.js';
import type { InputReport } from '../src/types.js';
import { buildLime } from './dump/build/lime.js';
import { Machine } from './dump/build/machine.js';
import { fixture } from './dump/paged-support.js';
import { buildTar } from './support/build-tar.js';
import { essence } from './support/essence.js';
import { withFile } from './support/files.js';
import { spkiSha256Of } from './support/keys.js';

const scanFile = async (file: string) => (await scan({ targets: [file] })).inputs;
const scanBytes = (bytes: Uint8Array) => withFile(bytes, scanFile);

/** What `scan` makes of the bytes when they come through a pipe. */
const scanPipe = (bytes: Uint8Array) =>
  withFile(bytes, async (file) => {
    const fifo = `${file}.pipe`;
    execFileSync('mkfifo', [fifo]);
    spawn('sh', ['-c', `cat '${file}' > '${fifo}'`], { stdio: 'inherit' });
    return (await scanFile(fifo))[0] as InputReport;
  });

const codes = ({ warnings }: InputReport) => warnings.map(({ code }) => code);

const tarOf = (bytes: Uint8Array) => buildTar([['dump', bytes]]);

describe.each(['zlib.kdump', 'flattened.kdump', 'memory.avml', 'qevm'])('%s', (name) => {
  const file = fixture(name);

  it('is told of in a compression, in an archive and in both as if it were not packed', async () => {
    const [plain] = (await scanBytes(file)) as [InputReport];
    expect(plain.findings).toHaveLength(1);
    expect(plain.findings[0]?.locations[0]?.physical).toBeDefined();
    for (const packed of [gzipSync(file), tarOf(file), gzipSync(tarOf(file)), tarOf(gzipSync(file))]) {
      const inputs = await scanBytes(packed);
      expect(essence(inputs.at(-1) as InputReport)).toEqual(essence(plain));
    }
  });

  it('is told of through a pipe as if it were a file', async () => {
    const [plain] = (await scanBytes(file)) as [InputReport];
    expect(essence(await scanPipe(file))).toEqual(essence(plain));
  });
});

it('a paged dump that is too long to be held is scanned as it stands, and says so', async () => {
  const long = Buffer.alloc(MAX_HELD + 1);
  long.set(fixture('zlib.kdump').subarray(0, 4096));
  const [report] = (await scanBytes(gzipSync(long, { level: 1 }))) as [InputReport];
  expect(codes(report)).toContain('FORMAT_NOT_MAPPED');
  expect(report).toMatchObject({ verdict: 'incomplete', size: long.length, format: 'kdump-compressed' });
});

describe('physical memory that is packed', () => {
  const PAGE = 4096;
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  const heap = Buffer.alloc(12 * PAGE);
  heap.set(der, PAGE - 500);
  const machine = new Machine(509);
  machine.process('/usr/bin/idle', [[0x40_0000n, Buffer.alloc(12 * PAGE, 'x')]]);
  machine.process('/usr/sbin/server', [[0x55ee_3da9_7000n, heap]]);

  it.each([
    ['raw', machine.memory],
    ['lime', buildLime([[0n, machine.memory]])],
  ])('has its pages joined, with process and address, as if it were a file: %s', async (format, memory) => {
    const [plain] = (await scanBytes(memory)) as [InputReport];
    const joined = plain.findings.find(({ key }) => key?.spkiSha256 === spkiSha256Of(publicKey));
    expect(plain.format).toBe(format);
    expect(joined?.locations.map(({ process }) => process)).toContain('/usr/sbin/server');
    for (const packed of [gzipSync(memory), tarOf(gzipSync(memory))]) {
      const inputs = await scanBytes(packed);
      expect(essence(inputs.at(-1) as InputReport)).toEqual(essence(plain));
    }
  });

  it('is not joined through a pipe, which is read once, and says so', async () => {
    expect(codes(await scanPipe(machine.memory))).toContain('PAGES_NOT_JOINED');
  });
});
