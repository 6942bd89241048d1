/** The packed bytes as a decoder reads them, and the ways in which they can fail it. */
import type { Warning } from '../../types.js';
import { ChunkReader, type Chunks } from './chunks.js';

type Code = 'UNPACK_DAMAGED' | 'UNPACK_TRUNCATED' | 'UNPACK_UNSUPPORTED';

/** Ends unpacking. Thrown by decoders, turned into a remark by `framed`; it never leaves this folder. */
export class UnpackError extends Error {
  constructor(
    readonly code: Code,
    message: string,
  ) {
    super(message);
    this.name = 'UnpackError';
  }
}

/** A block within a frame that cannot be decoded: block decoders do not know where they are. */
export class BlockError extends Error {}

/** Remarks of one kind, after which further ones are only counted. */
const MOST_REMARKS = 8;
/** Bytes of skippable frames and header fields that are kept and scanned, too; what goes beyond has to be told. */
const PASSED_OVER = 4096;

/** Bytes that are asked for at a time, however long a block says it is. */
const STEP = 1024 * 1024;

export class Packed {
  readonly #reader: ChunkReader;
  readonly #remark: (warning: Warning) => void;
  #mismatches = 0;
  #passedOver = 0;
  readonly #kept: Uint8Array[] = [];

  constructor(
    readonly name: string,
    chunks: Chunks,
    remark: (warning: Warning) => void,
  ) {
    this.#reader = new ChunkReader(chunks);
    this.#remark = remark;
  }

  /** Packed bytes taken so far. */
  get offset(): number {
    return this.#reader.offset;
  }

  /** Up to `most` bytes, as a view that is valid until the next call; empty at the end. */
  some(most: number): Promise<Uint8Array> {
    return this.#reader.some(most);
  }

  unread(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#reader.unread(bytes);
  }

  /** Fewer bytes at the end. `length` must be small. */
  take(length: number): Promise<Uint8Array> {
    return this.#reader.take(length);
  }

  /** All `length` bytes, a small number. */
  async exactly(length: number): Promise<Uint8Array> {
    const bytes = await this.take(length);
    if (bytes.length < length) throw this.truncated();
    return bytes;
  }

  async u8(): Promise<number> {
    const [byte] = await this.some(1);
    if (byte === undefined) throw this.truncated();
    return byte;
  }

  async u32le(): Promise<number> {
    return Buffer.from((await this.exactly(4)).buffer).readUInt32LE();
  }

  async u32be(): Promise<number> {
    return Buffer.from((await this.exactly(4)).buffer).readUInt32BE();
  }

  /** A block of `length` bytes, fewer at the end; memory grows with what is there, not with what was declared. */
  async upTo(length: number): Promise<Uint8Array> {
    if (length <= STEP) return this.take(length);
    const pieces: Uint8Array[] = [];
    let total = 0;
    while (total < length) {
      const piece = await this.take(Math.min(length - total, STEP));
      if (piece.length === 0) break;
      total += piece.length;
      pieces.push(piece);
    }
    return pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces, total);
  }

  /** All `length` bytes of a block. */
  async block(length: number): Promise<Uint8Array> {
    const bytes = await this.upTo(length);
    if (bytes.length < length) throw this.truncated();
    return bytes;
  }

  /** Reads `length` bytes that hold no packed data: a key can stand there as well. */
  async passOver(length: number): Promise<void> {
    for (let left = length; left > 0; ) {
      const piece = await this.some(left);
      if (piece.length === 0) throw this.truncated();
      left -= piece.length;
      this.keep(piece);
    }
  }

  /** Keeps what was read and holds no packed data, as a copy: a few bytes are to be expected; more are told. Zeros are padding. */
  keep(bytes: Uint8Array): void {
    if (bytes.every((byte) => byte === 0)) return;
    const before = this.#passedOver;
    this.#passedOver += bytes.length;
    if (before < PASSED_OVER) this.#kept.push(new Uint8Array(bytes.subarray(0, PASSED_OVER - before)));
    if (before <= PASSED_OVER && this.#passedOver > PASSED_OVER) {
      const message = `${this.name}: frames and fields that hold no packed data were passed over, the last at packed byte ${this.offset}`;
      this.#remark({ code: 'UNPACK_PASSED_OVER', message, incomplete: true });
    }
  }

  /** What was kept, once all frames were read; with a remark, since it comes behind the unpacked bytes. */
  *kept(): Generator<Uint8Array, void> {
    const length = this.#kept.reduce((sum, bytes) => sum + bytes.length, 0);
    if (length === 0) return;
    yield* this.#kept;
    const message = `${length} bytes of fields and frames that hold no packed data were scanned behind the unpacked ones`;
    this.tell('FIELDS_SCANNED', message, false);
  }

  /** What was unpacked up to here is not what was packed. Unpacking goes on. */
  mismatch(what: string): void {
    this.#mismatches++;
    if (this.#mismatches > MOST_REMARKS) return;
    this.tell('UNPACK_DAMAGED', `${what} before packed byte ${this.offset} does not match the unpacked data`, true);
  }

  tell(code: string, message: string, incomplete: boolean): void {
    this.#remark({ code, message: `${this.name}: ${message}`, incomplete });
  }

  /** To be thrown. */
  damaged(at = this.offset): UnpackError {
    return this.#fail('UNPACK_DAMAGED', `data is damaged at packed byte ${at}: what follows was not unpacked`);
  }

  truncated(): UnpackError {
    return this.#fail('UNPACK_TRUNCATED', `data ends early, at packed byte ${this.offset}`);
  }

  unsupported(what: string, at = this.offset): UnpackError {
    return this.#fail('UNPACK_UNSUPPORTED', `${what} at packed byte ${at}: what follows was not unpacked`);
  }

  /** Decodes a block whose first packed byte is at `at`. */
  decode<T>(at: number, decoder: () => T): T {
    try {
      return decoder();
    } catch (error) {
      if (error instanceof BlockError) throw this.damaged(at);
      throw error;
    }
  }

  /** Tells what was only counted, and lets go of the source. */
  async close(): Promise<void> {
    const more = this.#mismatches - MOST_REMARKS;
    if (more > 0) this.tell('UNPACK_DAMAGED', `${more} more checksums or sizes do not match`, true);
    this.#mismatches = 0;
    for (const bytes of this.#kept) bytes.fill(0);
    await this.#reader.close();
  }

  #fail(code: Code, message: string): UnpackError {
    return new UnpackError(code, `${this.name}: ${message}`);
  }
}
