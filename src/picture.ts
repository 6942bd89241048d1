/** The picture of a dump: what the HTML report draws, and no other format tells. It holds no memory contents. */
import type { Address, DumpMap, PhysicalAddress, RegionKind, Span } from './types.js';

/** A run of the dump's bytes under one kind. */
export interface Strip extends Span {
  readonly kind: RegionKind;
  /** The module or thread, where the whole run has one. */
  readonly name?: string;
}

/** A run of addresses, virtual or physical. */
export interface AddressStrip {
  readonly address: Address | PhysicalAddress;
  readonly length: bigint;
  readonly kind: RegionKind | 'hole';
  readonly name?: string;
}

/** Bits of entropy per byte, 0 to 8, of a sample at the beginning of each cell; NaN where none was taken. */
export interface EntropyCells {
  /** Bytes of each cell. */
  readonly cell: number;
  readonly bits: Float32Array;
}

/** A bounded summary of a dump's map. */
export interface Picture {
  readonly facts: DumpMap['facts'];
  readonly entropy: EntropyCells;
  /** By offset, without gaps and overlaps, from the first byte to where the file should end. */
  readonly strips: readonly Strip[];
  /** By address, without overlaps; holes, too. */
  readonly virtual: readonly AddressStrip[];
  readonly physical: readonly AddressStrip[];
}
