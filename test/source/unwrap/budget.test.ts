import { describe, expect, it } from 'vitest';
import { UnpackBudget } from '../../../src/source/unwrap/budget.js';
import type { Chunks } from '../../../src/source/unwrap/chunks.js';
import type { Warning } from '../../../src/types.js';

async function* endless(): Chunks {
  const zeros = new Uint8Array(1000);
  for (;;) yield zeros;
}

async function lengthOf(chunks: Chunks): Promise<number> {
  let length = 0;
  for await (const piece of chunks) length += piece.length;
  return length;
}

describe('the budget of an input', () => {
  it('ends an endless stream where its ratio is past the bound, and says so', async () => {
    const budget = new UnpackBudget({ most: 1e9, ratio: 10, allowance: 50_000 });
    budget.read(100);
    const warnings: Warning[] = [];
    expect(await lengthOf(budget.meter(endless(), (warning) => warnings.push(warning)))).toBe(50_000);
    expect(warnings).toEqual([expect.objectContaining({ code: 'UNPACK_LIMIT', incomplete: true })]);
    expect(budget.spent).toBe(true);
  });

  it('lets a high ratio pass as long as the allowance lasts, and much data at a low one', async () => {
    async function* some(): Chunks {
      for (let i = 0; i < 40; i++) yield new Uint8Array(1000);
    }
    const budget = new UnpackBudget({ most: 1e9, ratio: 10, allowance: 20_000 });
    budget.read(8_000);
    const warnings: Warning[] = [];
    expect(await lengthOf(budget.meter(some(), (warning) => warnings.push(warning)))).toBe(40_000);
    expect(warnings).toEqual([]);
  });

  it('counts all members together', async () => {
    const budget = new UnpackBudget({ most: 30_000, ratio: 10, allowance: 20_000 });
    budget.read(1_000_000);
    const none = () => {};
    expect(await lengthOf(budget.meter(endless(), none))).toBe(30_000);
    expect(await lengthOf(budget.meter(endless(), none))).toBe(0);
  });
});
