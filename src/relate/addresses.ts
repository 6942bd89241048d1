/** From addresses to the dump, for structures that are told by where their addresses lead. */
import { Lookup } from '../dump/lookup.js';
import type { Region, Span } from '../types.js';

/** Reads spans of the dump, each cut short where the dump ends. */
export type ReadSpans = (spans: readonly Span[]) => Promise<Uint8Array[]>;

/** Where what has an address lies in the dump, if all of it does. */
export function addresses(regions: readonly Region[]): (address: bigint, length: number) => Span | undefined {
  const addressed = regions.filter(({ address, length }) => address !== undefined && length > 0);
  const lookup = new Lookup(addressed, ({ address }) => address as bigint);
  return (address, length) => {
    const region = lookup.lastBefore(address);
    if (region === undefined) return undefined;
    const shift = address - (region.address as bigint);
    return shift + BigInt(length) <= BigInt(region.length)
      ? { offset: region.offset + Number(shift), length }
      : undefined;
  };
}
