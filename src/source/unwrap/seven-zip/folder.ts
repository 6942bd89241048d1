/** The files of one folder, which lie one after the other in what is unpacked together. */
import { crc32 } from 'node:zlib';
import { ChunkReader, type Chunks, type RandomBytes } from '../chunks.js';
import type { Damage } from '../framing.js';
import { UnpackError } from '../packed.js';
import { folderChunks } from './coders.js';
import { type Folder, sizeOf } from './format.js';

export class FolderReader {
  readonly #reader: ChunkReader;
  readonly #folder: Folder;
  readonly #damage: Damage;
  readonly #start: number;
  #failed = false;

  /** `base`: where packed streams are counted from. */
  constructor(file: RandomBytes, folder: Folder, base: number, damage: Damage) {
    this.#folder = folder;
    this.#damage = damage;
    this.#start = base + folder.start;
    const remark = () => this.#damaged();
    this.#reader = new ChunkReader(folderChunks(file, folder, base, remark));
  }

  /** Whether nothing more can be unpacked. */
  get failed(): boolean {
    return this.#failed;
  }

  /** `size` bytes at `offset`, which is not before what was read so far; fewer, with a remark, where there are no more. */
  async *file(offset: number, { size, crc: declared }: { size: number; crc?: number }): Chunks {
    try {
      while (this.#reader.offset < offset && (await this.#some(offset - this.#reader.offset)).length > 0);
      let crc = 0;
      let left = this.#reader.offset === offset ? size : 0;
      while (left > 0) {
        const piece = await this.#some(left);
        if (piece.length === 0) break;
        left -= piece.length;
        crc = crc32(piece, crc);
        yield piece;
      }
      if (this.#reader.offset < offset + size) this.#ended();
      else if (declared !== undefined && crc !== declared) {
        this.#damage.damaged('a member’s checksum is wrong', this.#start);
      }
      if (this.#reader.offset === sizeOf(this.#folder) && (await this.#some(1)).length > 0) {
        this.#damage.damaged('a folder holds more than it says', this.#start);
      }
    } catch (error) {
      if (!(error instanceof UnpackError)) throw error;
      this.#failed = true;
      if (error.code === 'UNPACK_TRUNCATED') this.#damage.damaged('a member’s data end too early', this.#start);
      else this.#damaged();
    }
  }

  close(): Promise<void> {
    return this.#reader.close();
  }

  #some(most: number): Promise<Uint8Array> {
    return this.#failed ? Promise.resolve(new Uint8Array(0)) : this.#reader.some(most);
  }

  #ended(): void {
    if (!this.#failed) this.#damage.damaged('a member’s data end too early', this.#start);
    this.#failed = true;
  }

  #damaged(): void {
    this.#damage.damaged('a member’s data are damaged', this.#start);
  }
}
