/** What a migration stream consists of. */

export interface RamBlock {
  readonly name: string;
  readonly size: number;
}

export type Piece =
  | { readonly kind: 'other'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'page';
      readonly block: RamBlock;
      readonly offset: number;
      /** `packed` by zlib, as it stands, or filled with its one byte. */
      readonly form: 'plain' | 'packed' | 'filled';
      readonly bytes: Uint8Array;
    };

/** Where a walk can begin again: between two records of memory, or in what follows the memory. */
export interface Place {
  /** In the stream. */
  readonly offset: number;
  readonly block: RamBlock | undefined;
  readonly within: 'part' | 'end' | 'tail';
}
