/** A place in a stream of big-endian fields. Reads only what is there: `left` says how much that is. */
export class Cursor {
  readonly idSize: 4 | 8;
  #bytes: Uint8Array = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  /** Offset of the first byte held. */
  #base = 0;
  /** Place within the bytes held; beyond them after a skip. */
  #at = 0;

  constructor(idSize: 4 | 8) {
    this.idSize = idSize;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** Offset in the stream. */
  get offset(): number {
    return this.#base + this.#at;
  }

  append(chunk: Uint8Array): void {
    const rest = this.#bytes.subarray(this.#at);
    if (rest.length === 0) this.#hold(chunk);
    else {
      const bytes = new Uint8Array(rest.length + chunk.length);
      bytes.set(rest);
      bytes.set(chunk, rest.length);
      this.#hold(bytes);
    }
  }

  /** Lets go of what was appended, which its owner may overwrite now; keeps a copy of what was not read. */
  release(): void {
    this.#hold(this.#bytes.slice(this.#at));
  }

  #hold(bytes: Uint8Array): void {
    const beyond = Math.max(0, this.#at - this.#bytes.length);
    this.#base += this.#at - beyond;
    this.#at = beyond;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  skip(length: number): void {
    this.#at += length;
  }

  u8(): number {
    return this.#view.getUint8(this.#at++);
  }

  u16(): number {
    this.#at += 2;
    return this.#view.getUint16(this.#at - 2);
  }

  u32(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4);
  }

  id(): number {
    return this.idSize === 4 ? this.u32() : this.u32() * 2 ** 32 + this.u32();
  }

  peek(length: number): Uint8Array {
    return this.#bytes.subarray(this.#at, this.#at + length);
  }

  take(length: number): Uint8Array {
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}
