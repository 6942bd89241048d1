/**
 * What Breakpad's and Chromium's uploaders leave behind: the body of a form (RFC 7578, RFC 2046 section 5.1), a boundary
 * line, then the parts, one of them a minidump. Each part's content is a member; boundaries and headers are framing.
 */
import { latin1 } from '../../bytes/convert.js';
import { ChunkReader, type Chunks } from './chunks.js';
import { Damage, Framer, type GrowingSpan } from './framing.js';
import type { Archive, ArchivePart, Framing, Remark } from './wrapper.js';

export const multipart: Archive = {
  kind: 'archive',
  name: 'multipart-minidump',
  access: 'sequential',
  matches: (head) => /^--\S+\r?\nContent-Disposition: form-data;/i.test(latin1(head)),
  parts,
};

/** Of a part; and of the boundary line, which RFC 2046 limits to 70 characters. */
const HEADERS_MOST = 64 * 1024;
const BOUNDARY_MOST = 512;
const PIECE = 64 * 1024;
/** What may follow a boundary: nothing, blanks, or the mark of the last one. */
const TAIL_MOST = 64;

async function* parts(packed: Chunks, remark: Remark): AsyncGenerator<ArchivePart, void> {
  const reader = new ChunkReader(packed);
  const framer = new Framer();
  const damage = new Damage('multipart-minidump', remark);
  try {
    const first = await takeUntil(reader, '\n', BOUNDARY_MOST);
    yield* framer.add(0, first);
    const newline = latin1(first).endsWith('\r\n') ? '\r\n' : '\n';
    const delimiter = newline + latin1(first).trimEnd();
    let last = !latin1(first).endsWith('\n');
    if (last) damage.truncated('no boundary line', first.length);
    while (!last) {
      const headers = yield* takeHeaders(reader, framer, damage, newline);
      if (headers === undefined) break;
      yield* framer.flush();
      const span: GrowingSpan = { offset: reader.offset, length: 0 };
      const content = new Content(reader, delimiter);
      yield { kind: 'member', name: partName(headers), span, chunks: content.bytes() };
      await content.passOver();
      span.length = reader.offset - span.offset;
      if (!content.ended) damage.truncated('ends within a part', reader.offset);
      else if (/^content-transfer-encoding:\s*(?!binary|8bit|7bit)/im.test(headers)) {
        damage.damaged('a part is encoded', span.offset);
      }
      if (!content.ended) break;
      const at = reader.offset;
      const line = await takeUntil(reader, '\n', delimiter.length + TAIL_MOST, delimiter.length);
      yield* framer.add(at, line);
      last = latin1(line).startsWith(`${delimiter}--`);
    }
    yield* framer.through(reader);
    yield* framer.flush();
  } finally {
    await reader.close();
  }
}

/** Up to `end`, no more than `most` bytes; `end` is not looked for in the first `from` ones. */
async function takeUntil(reader: ChunkReader, end: string, most: number, from = 0): Promise<Buffer> {
  let taken = Buffer.alloc(0);
  while (taken.length < most) {
    const part = Buffer.from(await reader.some(Math.min(1024, most - taken.length)));
    if (part.length === 0) break;
    const before = taken.length;
    taken = Buffer.concat([taken, part]);
    const hit = taken.indexOf(end, Math.max(from, before - end.length + 1), 'latin1');
    if (hit < 0) continue;
    reader.unread(taken.subarray(hit + end.length));
    return taken.subarray(0, hit + end.length);
  }
  return taken;
}

/** Up to the empty line, or undefined where there is none: what was taken for headers is framing then, as the rest. */
async function* takeHeaders(
  reader: ChunkReader,
  framer: Framer,
  damage: Damage,
  newline: string,
): AsyncGenerator<Framing, string | undefined> {
  const at = reader.offset;
  // A part without any header begins with the empty line.
  const start = await reader.take(newline.length);
  const empty = latin1(start) === newline;
  if (!empty) reader.unread(start);
  const taken = empty ? start : await takeUntil(reader, newline + newline, HEADERS_MOST);
  yield* framer.add(at, taken);
  if (empty || latin1(taken).endsWith(newline + newline)) return latin1(taken);
  if (taken.length < HEADERS_MOST) damage.truncated('ends within the headers of a part', reader.offset);
  else damage.damaged('the headers of a part have no end', at);
  return undefined;
}

function partName(headers: string): string {
  const disposition = /^content-disposition:.*$/im.exec(headers)?.[0] ?? '';
  const value = (key: string) => new RegExp(`[;\\s]${key}="((?:[^"\\\\]|\\\\.)*)"`, 'i').exec(disposition)?.[1];
  return Buffer.from(value('filename') ?? value('name') ?? '', 'latin1').toString();
}

class Content {
  /** Whether a boundary was found. The reader stands before it then, otherwise at the end. */
  ended = false;
  readonly #delimiter: Buffer;

  constructor(
    readonly reader: ChunkReader,
    delimiter: string,
  ) {
    this.#delimiter = Buffer.from(delimiter, 'latin1');
  }

  async passOver(): Promise<void> {
    if (this.ended) return;
    for await (const _ of this.bytes());
  }

  async *bytes(): Chunks {
    const enough = this.#delimiter.length + TAIL_MOST;
    for (let sought = enough; ; ) {
      const window = await this.#window(sought);
      const hit = window.indexOf(this.#delimiter);
      if (hit < 0) {
        // The end of the window may be the beginning of a boundary; at the end of all, it is not.
        const clear = window.length < sought ? window.length : window.length - this.#delimiter.length + 1;
        this.reader.unread(window.subarray(clear));
        if (clear > 0) yield window.subarray(0, clear);
        if (window.length < sought) return;
        sought = enough;
      } else if (window.length - hit < enough && window.length >= sought) {
        // What follows it decides whether it is one.
        this.reader.unread(window);
        sought = hit + enough;
      } else if (/^(--|[ \t]*\r?\n|[ \t]*$)/.test(latin1(window, hit + this.#delimiter.length, hit + enough))) {
        this.reader.unread(window.subarray(hit));
        this.ended = true;
        if (hit > 0) yield window.subarray(0, hit);
        return;
      } else {
        this.reader.unread(window.subarray(hit + 1));
        yield window.subarray(0, hit + 1);
        sought = enough;
      }
    }
  }

  /** `least` bytes or more, fewer only at the end. */
  async #window(least: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    let length = 0;
    while (length < least) {
      const part = await this.reader.some(PIECE);
      if (part.length === 0) break;
      length += part.length;
      // Usually one piece is enough, and stays where it is.
      if (length >= least && pieces.length === 0) return Buffer.from(part.buffer, part.byteOffset, part.length);
      pieces.push(Buffer.from(part));
    }
    return Buffer.concat(pieces);
  }
}
