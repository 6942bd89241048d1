import { expect, it } from 'vitest';
import { renderInspection } from '../../src/report/inspection.js';
import type { DumpMap } from '../../src/types.js';

const map: DumpMap = {
  format: 'elf-core',
  facts: [['machine', 'x86-64']],
  regions: [
    { offset: 0, length: 64, kind: 'metadata' },
    { offset: 64, length: 4096, kind: 'physical', physical: 0x1000n },
    {
      offset: 4160,
      length: 4096,
      kind: 'physical',
      address: 0xffff888000002000n,
      physical: 0x2000n,
      protection: 'rw-',
    },
  ],
  modules: [],
  threads: [],
  holes: [],
  declaredSize: 8256,
  warnings: [],
};

it('inspect tells physical addresses, beside virtual ones and where there are none', () => {
  const inspection = { path: 'guest.core', wrappers: [], size: 8256, map, holes: 0, entropy: [1, 2] };
  const text = renderInspection(inspection, { json: false, all: true, width: 200 });
  expect(text).toContain('@0x0 --- metadata\n');
  expect(text).toContain('@0x40 --- physical at physical 0x1000-0x2000\n');
  expect(text).toContain('0xffff888000002000-0xffff888000003000 rw- physical at physical 0x2000-0x3000\n');
  const json = JSON.parse(renderInspection(inspection, { json: true, all: true, width: 200 }));
  expect(json.regions[1]).toMatchObject({ kind: 'physical', physical: '0x1000' });
});
