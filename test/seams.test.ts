import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { scan } from '../src/engine.js';
import type { InputReport } from '../src/types.js';
import { buildCore } from './dump/build/elf.js';
import { buildMinidump } from './dump/build/minidump.js';
import { withFile } from './support/files.js';
import { spkiSha256Of } from './support/keys.js';
import { Random } from './support/random.js';

const random = new Random(21);
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const der = keys.privateKey.export({ type: 'pkcs8', format: 'der' });

async function scanOne(bytes: Uint8Array): Promise<InputReport> {
  return withFile(bytes, async (file) => (await scan({ targets: [file] })).inputs[0] as InputReport);
}

/** A key that crosses from one piece of memory to the next, cut at `cut`. */
function halves(cut: number): [Buffer, Buffer] {
  const before = Buffer.concat([random.bytes(5000), der.subarray(0, cut)]);
  return [before, Buffer.concat([der.subarray(cut), random.bytes(3000)])];
}

describe('a key across the border of two regions', () => {
  it.each([20, 400, 1000, 1200])('is found whole where the regions lie apart in the file (cut at %i)', async (cut) => {
    const [first, second] = halves(cut);
    const [a, b] = [0x50000n, 0x50000n + BigInt(first.length)];
    const small = [
      { address: a, bytes: first },
      { address: b, bytes: second },
      { address: 0x90000n, bytes: random.bytes(4000) },
    ];
    const dump = buildMinidump({ small, order: [1, 2, 0] });
    const { findings, coverage } = await scanOne(dump);
    expect(findings.map(({ key }) => key?.spkiSha256)).toEqual([spkiSha256Of(keys.publicKey)]);
    const whole = findings[0]?.locations.filter(({ part }) => part.includes(' of 2)')) ?? [];
    expect(whole.map(({ address, length }) => [address, length]).sort()).toEqual(
      [
        [`0x${(b - BigInt(cut)).toString(16)}`, cut],
        [`0x${b.toString(16)}`, der.length - cut],
      ].sort(),
    );
    expect(coverage.scanned).toBe(dump.length);
  });

  it('is found once where the regions follow each other in the file', async () => {
    const [first, second] = halves(600);
    const address = 0x7f0000000000n;
    const core = buildCore({
      bits: 64,
      big: false,
      segments: [
        { address, bytes: first },
        { address: address + BigInt(first.length), bytes: second },
      ],
    });
    const { findings } = await scanOne(core);
    expect(findings[0]?.locations).toMatchObject([
      { offset: core.indexOf(der), length: der.length, address: `0x${(address + 5000n).toString(16)}` },
    ]);
  });

  it('is proven from its first part where the rest is not in the dump', async () => {
    const [first] = halves(der.length - 300);
    const core = buildCore({
      bits: 64,
      big: false,
      segments: [
        { address: 0x1000n, bytes: first },
        { address: 0x900000n, bytes: random.bytes(4000) },
      ],
    });
    const { findings } = await scanOne(core);
    expect(findings.map(({ confidence, key }) => [confidence, key?.spkiSha256])).toEqual([
      ['proven', spkiSha256Of(keys.publicKey)],
    ]);
  });
});
