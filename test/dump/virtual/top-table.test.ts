import { describe, expect, it } from 'vitest';
import { topTableKind } from '../../../src/dump/virtual/top-table.js';

const PAGE = 4096;

function pageWith(entries: ReadonlyArray<readonly [index: number, value: bigint]>): DataView {
  const view = new DataView(new ArrayBuffer(PAGE));
  for (const [index, value] of entries) view.setBigUint64(8 * index, value, true);
  return view;
}

describe('a top page table', () => {
  it('of Windows has an entry in its upper half that leads back to it', () => {
    const page = 0x1ad;
    const itself = BigInt(page) * 4096n + 0x63n;
    expect(topTableKind(pageWith([[0x1ed, itself]]), 0, page)).toBe('windows');
    expect(topTableKind(pageWith([[0x1ed, itself]]), 0, page + 1)).toBeUndefined();
    expect(topTableKind(pageWith([[0x0ed, itself]]), 0, page)).toBeUndefined();
  });

  it('is no first page of a file, where small integers would lead', () => {
    expect(
      topTableKind(
        pageWith([
          [300, 0xabn],
          [310, 0x163n],
        ]),
        0,
        0,
      ),
    ).toBeUndefined();
  });
});
