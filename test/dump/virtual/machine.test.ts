import { generateKeyPairSync, randomFillSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../../../src/dump/virtual/memory.js';
import { mapped, TableBudget } from '../../../src/dump/virtual/page-tables.js';
import { placesIn } from '../../../src/dump/virtual/spaces.js';
import { scan } from '../../../src/engine.js';
import type { InputReport } from '../../../src/types.js';
import { withFile } from '../../support/files.js';
import { spkiSha256Of } from '../../support/keys.js';
import { Machine } from '../build/machine.js';

const PAGE = 4096;
const HEAP = 0x55ee_3da9_7000n;

async function scanMemory(memory: Uint8Array): Promise<InputReport> {
  return withFile(memory, async (file) => (await scan({ targets: [file] })).inputs[0] as InputReport);
}

/** Pages of zeros with the bytes so that `before` of them stand in the first page. */
function acrossPages(bytes: Uint8Array, before: number, pages = 12): Buffer {
  const heap = Buffer.alloc(pages * PAGE);
  heap.set(bytes, PAGE - before);
  return heap;
}

describe('the memory of a machine', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  const spkiSha256 = spkiSha256Of(publicKey);

  it('is put together: a key across scattered pages is found, with its process and address', async () => {
    const machine = new Machine(509);
    machine.process('/usr/bin/idle', [[0x40_0000n, Buffer.alloc(12 * PAGE, 'x')]]);
    machine.process('/usr/sbin/server', [[HEAP, acrossPages(der, 500)]]);
    const { findings, verdict } = await scanMemory(machine.memory);
    expect(verdict).toBe('findings');
    const finding = findings.find(({ key }) => key?.spkiSha256 === spkiSha256);
    const whole = finding?.locations.filter(({ part }) => / DER \([12] of 2\)$/.test(part));
    const first = machine.memory.indexOf(der.subarray(0, 500));
    const second = machine.memory.indexOf(der.subarray(500));
    expect(Math.abs(second - first)).not.toBe(500);
    expect(whole?.map(({ offset, length }) => [offset, length]).sort()).toEqual(
      [
        [first, 500],
        [second, der.length - 500],
      ].sort(),
    );
    expect(whole?.map(({ process }) => process)).toEqual(['/usr/sbin/server', '/usr/sbin/server']);
    const address = (HEAP + BigInt(PAGE - 500)).toString(16);
    expect(whole?.map((location) => location.address)).toContain(`0x${address}`);
  });

  it.each([500, 640, 1000])(
    'tells no place that runs on into another page’s bytes (%i before its end)',
    async (before) => {
      const traditional = privateKey.export({ format: 'der', type: 'pkcs1' });
      const machine = new Machine(509);
      machine.process('/usr/bin/idle', [[0x40_0000n, Buffer.alloc(12 * PAGE, 'x')]]);
      machine.process('/usr/sbin/server', [[HEAP, acrossPages(traditional, before)]]);
      const first = machine.memory.indexOf(traditional.subarray(0, before));
      // What lies behind the page has nothing to do with it, and lets the key be read on.
      randomFillSync(machine.memory, first + before, PAGE);
      const { findings } = await scanMemory(machine.memory);
      expect(findings.map(({ key }) => key?.spkiSha256)).toEqual([spkiSha256]);
      const places = findings[0]?.locations.map(({ part, offset, length }) => [part, offset, length]);
      expect(places).toHaveLength(2);
      expect(places).toContainEqual(['PKCS#1 DER (1 of 2)', first, before]);
      expect(findings[0]?.evidence).not.toContain('structure cut or damaged');
    },
  );

  it('gives numbers across pages, too', async () => {
    const jwk = privateKey.export({ format: 'jwk' });
    const limbs = (name: 'n' | 'p' | 'q') => Buffer.from(jwk[name] as string, 'base64url').reverse();
    const heap = Buffer.alloc(16 * PAGE);
    heap.set(limbs('n'), PAGE - 128);
    heap.set(limbs('p'), 3 * PAGE - 64);
    heap.set(limbs('q'), 5 * PAGE - 16);
    const machine = new Machine(509);
    machine.process('/usr/bin/idle', [[0x40_0000n, Buffer.alloc(12 * PAGE, 'x')]]);
    machine.process('/usr/sbin/server', [[HEAP, heap]]);
    const { findings } = await scanMemory(machine.memory);
    const finding = findings.find(({ key }) => key?.spkiSha256 === spkiSha256);
    expect(finding?.confidence).toBe('proven');
    const parts = finding?.locations.map(({ part, length }) => `${part} ${length}`).sort();
    expect(parts).toEqual([
      'RSA p, little-endian (1 of 2) 64',
      'RSA p, little-endian (2 of 2) 64',
      'RSA q, little-endian (1 of 2) 16',
      'RSA q, little-endian (2 of 2) 112',
    ]);
  });

  it('is not put together where a page is no table: the halves of the key stay apart', async () => {
    const machine = new Machine(509);
    const { top } = machine.process('/usr/sbin/server', [[HEAP, acrossPages(der, 500)]]);
    // An entry of the kernel's half that leads nowhere.
    machine.memory.writeBigUInt64LE(0xdeadn << 12n, top + 300 * 8);
    const { findings } = await scanMemory(machine.memory);
    expect(findings.flatMap(({ locations }) => locations).some(({ process }) => process !== undefined)).toBe(false);
  });

  it('has its bounds where a table leads to itself: 512^4 pages of one, and the report says so', async () => {
    const memory = Buffer.alloc(64 * PAGE);
    for (let index = 0; index < 512; index++) memory.writeBigUInt64LE((3n << 12n) | 0x067n, 3 * PAGE + index * 8);
    const { verdict, warnings } = await scanMemory(memory);
    expect(warnings.map(({ code }) => code)).toContain('PAGES_CUT');
    expect(verdict).toBe('incomplete');
  });

  it('counts extents within one process, too', async () => {
    const machine = new Machine(509);
    const { top } = machine.process('/usr/sbin/server', [[HEAP, Buffer.alloc(40 * PAGE, 'x')]]);
    const memory = new PhysicalMemory([{ page: 0, offset: 0, pages: 509 }], async (offset, length) =>
      machine.memory.subarray(offset, offset + length),
    );
    const budget = new TableBudget(memory.pages, 10);
    const extents = await mapped(machine.memory.subarray(top, top + PAGE), memory, budget);
    expect([extents.length, budget.cut]).toEqual([10, true]);
  });

  it('reads large pages that lead beyond the memory as what the memory holds of them', async () => {
    const tables = Buffer.alloc(4 * PAGE);
    tables.writeBigUInt64LE((1n << 12n) | 0x067n, 0);
    // Intel SDM volume 3, table 4-16: 1 GiB each, with bit 7 set; only the first has memory behind it.
    for (let index = 0; index < 512; index++) {
      tables.writeBigUInt64LE((BigInt(index) << 30n) | 0x0e7n, PAGE + index * 8);
    }
    const memory = new PhysicalMemory([{ page: 0, offset: 0, pages: 4 }], async (offset, length) =>
      tables.subarray(offset, offset + length),
    );
    const extents = await mapped(tables.subarray(0, PAGE), memory, new TableBudget(4));
    expect(extents).toEqual([{ virtual: 0, offset: 0, pages: 4 }]);
  });

  it('names sixteen processes of a page that all of them have', () => {
    const extents = [{ virtual: 1, offset: 0, pages: 2 }];
    const spaces = Array.from({ length: 1000 }, (_, number) => ({ name: `/bin/${number}`, extents }));
    const places = placesIn({ spaces, cut: false }, [5, PAGE + 7, 2 * PAGE]);
    expect(places.get(5)).toHaveLength(16);
    expect(places.get(PAGE + 7)?.[15]).toEqual({ address: '0x2007', process: '/bin/15' });
    expect(places.get(2 * PAGE)).toEqual([]);
  });
});
