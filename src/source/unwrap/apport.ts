/**
 * apport's reports (`.crash`): lines `Key: value`, or `Key:` and lines that begin with a blank. A value whose first line
 * says `base64` is binary: each of its lines is base64 for itself, and all of them together are a gzip or Zstandard file,
 * in old reports a zlib stream (apport, problem_report.py). Such a value is a member, all other text is framing.
 */
import { latin1 } from '../../bytes/convert.js';
import { ChunkReader, type Chunks, peek } from './chunks.js';
import { Damage, Framer, type GrowingSpan } from './framing.js';
import { type Inflated, inflate } from './inflate.js';
import type { Archive, ArchivePart, Remark } from './wrapper.js';

const FIRST = 'ProblemType: ';

export const apport: Archive = {
  kind: 'archive',
  name: 'apport-crash',
  access: 'sequential',
  matches: (head) => latin1(head, 0, FIRST.length) === FIRST,
  parts,
};

const NEWLINE = 0x0a;
const BLANK = 0x20;
/** A key is a word; a longer line is none that matters. */
const LINE_MOST = 4096;
const PIECE = 64 * 1024;

async function* parts(packed: Chunks, remark: Remark): AsyncGenerator<ArchivePart, void> {
  const reader = new ChunkReader(packed);
  const framer = new Framer();
  const damage = new Damage('apport-crash', remark);
  try {
    let lineBegins = true;
    for (;;) {
      const at = reader.offset;
      const line = await takeLine(reader);
      if (line.length === 0) break;
      yield* framer.add(at, line);
      const key = lineBegins ? /^([^\s:]+):\s*base64\s*\n$/.exec(latin1(line))?.[1] : undefined;
      lineBegins = line.at(-1) === NEWLINE;
      if (key === undefined) continue;
      yield* framer.flush();
      const span: GrowingSpan = { offset: reader.offset, length: 0 };
      const value = new Value(reader, damage);
      yield { kind: 'member', name: key, span, chunks: value.bytes() };
      await value.passOver();
      span.length = reader.offset - span.offset;
      lineBegins = !value.inLine;
    }
    yield* framer.flush();
    if (!lineBegins && !damage.any) damage.truncated('ends within a line', reader.offset);
  } finally {
    await reader.close();
  }
}

/** A line with its end, or as much of it as is looked at. */
async function takeLine(reader: ChunkReader): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (let left = LINE_MOST; left > 0; ) {
    const part = await reader.some(left);
    const end = part.indexOf(NEWLINE) + 1;
    const line = new Uint8Array(end > 0 ? part.subarray(0, end) : part);
    pieces.push(line);
    left -= line.length;
    if (end > 0) reader.unread(part.subarray(end));
    if (end > 0 || part.length === 0) break;
  }
  return Buffer.concat(pieces);
}

class Value {
  /** Whether the reader stands within a line: one that is damaged, or that the report ends in. */
  inLine = false;
  #done = false;
  /** The zlib stream of an old report has come to its end. */
  #streamEnded = false;

  constructor(
    readonly reader: ChunkReader,
    readonly damage: Damage,
  ) {}

  async *bytes(): Chunks {
    const { head, chunks } = await peek(this.#decoded(), 2);
    if (!isZlib(head)) {
      yield* chunks;
      return;
    }
    const outcome: Inflated = { consumed: 0, state: 'running' };
    yield* inflate(chunks, outcome, { zlib: true });
    if (outcome.state === 'ended') this.#streamEnded = true;
    else this.damage.damaged('a zlib stream is damaged', this.reader.offset);
  }

  /** To the end of the value, where the reading of it was given up. */
  async passOver(): Promise<void> {
    const left = this.#done ? 0 : await this.#passLines();
    if (this.#streamEnded && left > 2) this.damage.damaged('bytes behind a zlib stream', this.reader.offset);
  }

  async #passLines(): Promise<number> {
    let passed = 0;
    for (;;) {
      if (!this.inLine && !(await this.#continues())) return passed;
      const line = await takeLine(this.reader);
      if (line.length === 0) return passed;
      passed += line.length;
      this.inLine = line.at(-1) !== NEWLINE;
    }
  }

  /** Whether a further line of the value begins; its blank is taken. */
  async #continues(): Promise<boolean> {
    const first = await this.reader.take(1);
    this.inLine = first[0] === BLANK;
    if (!this.inLine) this.reader.unread(first);
    return this.inLine;
  }

  async *#decoded(): Chunks {
    while (await this.#continues()) {
      let [rest, padded] = ['', false];
      while (this.inLine) {
        const part = await this.reader.some(PIECE);
        const text = latin1(part);
        const good = (padded ? /^[=\r]*/ : /^[A-Za-z0-9+/]*[=\r]*/).exec(text)?.[0] as string;
        padded ||= /[=\r]$/.test(good);
        rest += good.replace(/[=\r]+$/, '');
        const ends = good.length === text.length || text[good.length] === '\n';
        this.inLine = text[good.length] !== '\n';
        this.reader.unread(part.subarray(good.length + (this.inLine ? 0 : 1)));
        const whole = this.inLine && ends && part.length > 0 ? rest.length - (rest.length % 4) : rest.length;
        const bytes = Buffer.from(rest.slice(0, whole), 'base64');
        if (whole % 4 === 1) this.damage.damaged('a line of base64 has one character too many', this.reader.offset);
        rest = rest.slice(whole);
        if (bytes.length > 0) yield bytes;
        if (part.length === 0 || !ends) {
          if (ends) this.damage.truncated('ends within a line', this.reader.offset);
          else this.damage.damaged('a line of base64 is damaged', this.reader.offset);
          this.#done = true;
          return;
        }
      }
    }
    this.#done = true;
  }
}

/** RFC 1950: deflate with a window of up to 32 KiB, and a checksum of the two bytes. */
function isZlib(head: Uint8Array): boolean {
  const [method, flags] = [head[0] ?? 0, head[1] ?? 0];
  return (method & 0x8f) === 8 && (method * 256 + flags) % 31 === 0;
}
