/** Shields whose prekey the dump does not hold. A real one is among the samples (test/samples.test.ts). */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { closedShieldMemory } from '../../src/selftest/closed-shield.js';
import { buildCore, type CoreSegment } from '../dump/build/elf.js';
import { Random } from '../support/random.js';
import { scanBytes } from './support.js';

const random = new Random(17);
const HEAP = 0x5555_0000_0000n;
const PREKEY = 0x7fff_0000_0000n;

function coreWith(...prekey: CoreSegment[]): Buffer {
  const bytes = closedShieldMemory();
  return buildCore({ bits: 64, big: false, segments: [{ address: HEAP, bytes, flags: 6 }, ...prekey] });
}

async function rulesOf(core: Uint8Array, options?: object): Promise<string[]> {
  return (await scanBytes(core, options)).findings.map(({ rule }) => rule);
}

describe('a shield without its prekey', () => {
  it('is told, low, named, at its ciphertext, and fails no scan', async () => {
    const { findings, verdict } = await scanBytes(coreWith());
    expect(verdict).toBe('clean');
    expect(findings).toMatchObject([
      { rule: 'openssh-shield-closed', severity: 'low', confidence: 'parsed', key: { algorithm: 'Ed25519' } },
    ]);
    expect(findings[0]?.locations).toMatchObject([{ length: 128, address: `0x${(HEAP + 128n).toString(16)}` }]);
  });

  it('is told where the prekey is a hole, or zeros, and in packed dumps', async () => {
    const hole = { address: PREKEY, bytes: new Uint8Array(0), memorySize: 0x4000, flags: 6 };
    const zeros = { address: PREKEY, bytes: new Uint8Array(0x4000), flags: 6 };
    for (const core of [coreWith(hole), coreWith(zeros), gzipSync(coreWith())]) {
      expect(await rulesOf(core)).toEqual(['openssh-shield-closed']);
    }
  });

  it('is not told where any of the prekey is there, nor without the ciphertext, nor without addresses', async () => {
    const bytes = new Uint8Array(0x4000);
    bytes.set(random.bytes(16), 0x3ff0);
    expect(await rulesOf(coreWith({ address: PREKEY, bytes, flags: 6 }))).toEqual([]);
    expect(await rulesOf(coreWith({ address: PREKEY, bytes: random.bytes(4096), flags: 6 }))).toEqual([]);
    const empty = coreWith();
    empty.fill(0, empty.length - 512 + 128, empty.length - 512 + 256);
    expect(await rulesOf(empty)).toEqual([]);
    expect(await rulesOf(closedShieldMemory())).toEqual([]);
  });

  it('is told wherever the borders of chunks fall', async () => {
    const core = Buffer.concat([coreWith(), Buffer.alloc(64)]);
    for (const chunkSize of [256, 440, 1000]) {
      expect(await rulesOf(core, { chunkSize }), `${chunkSize}`).toEqual(['openssh-shield-closed']);
    }
  });
});
