/**
 * The description of all devices at the end of a migration stream (migration/savevm.c, since QEMU 2.2): a byte 6, the
 * length of the text in 32 bits, the text in JSON. It is the last thing in the stream, and tells where that ends.
 */

/** QEMU writes this first; versions before 2.12 with a blank behind the brace. */
const BEGINNINGS = ['{"page_size"', '{ "page_size"'].map((text) => Buffer.from(text));
const TYPE = 6;
/** Type and length. */
const HEAD = 5;
/** What is kept of the bytes before, so that a description may begin in one piece and go on in the next. */
const KEPT = HEAD + 13;
const CLOSING_BRACE = 0x7d;

export class Description {
  #before: Buffer = Buffer.alloc(0);
  /** Bytes seen. */
  #seen = 0;
  #end = Number.POSITIVE_INFINITY;
  /** The byte with which the text ends. */
  #closed = false;

  /** Whether a description was seen to its end. */
  get whole(): boolean {
    return this.#seen >= this.#end && this.#closed;
  }

  /** The next bytes of the stream. Padding, and anything else, may follow. */
  add(bytes: Uint8Array): void {
    const all = Buffer.concat([this.#before, bytes]);
    const first = this.#seen - this.#before.length;
    // A device's state may hold what looks like one: the last one counts.
    for (const text of BEGINNINGS) {
      for (let at = all.indexOf(text, HEAD); at >= 0; at = all.indexOf(text, at + 1)) {
        if (all[at - HEAD] !== TYPE) continue;
        this.#end = first + at + all.readUInt32BE(at - 4);
        this.#closed = false;
      }
    }
    this.#seen += bytes.length;
    if (this.#end > first && this.#end <= this.#seen) this.#closed ||= all[this.#end - 1 - first] === CLOSING_BRACE;
    this.#before = all.subarray(Math.max(0, all.length - KEPT));
  }
}
