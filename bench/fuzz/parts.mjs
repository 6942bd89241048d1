/** Reads what unpackers and archive readers give, as the scanner does, and says where they break their promises. */
import { createHash } from 'node:crypto';
import { randomBytesOf } from '../../dist/source/unwrap/chunks.js';

/** Bytes of one case that are looked at: what unpacks to more is given up there, as the scanner's budget does. */
const MOST = 32 * 1024 * 1024;

/** Pieces in one buffer that is overwritten each time, as a reader's are. */
export async function* pieces(bytes, random) {
  const usual = random.of([1 + random.below(64), 4096, 65536, 1 << 18]);
  // Single bytes of a large file take long and show nothing that those of a small one do not.
  const length = bytes.length > 20_000 ? Math.max(usual, 1024) : usual;
  const buffer = new Uint8Array(length);
  for (let at = 0; at < bytes.length; at += length) {
    const part = bytes.subarray(at, at + length);
    buffer.set(part);
    yield buffer.subarray(0, part.length);
    buffer.fill(0xa5);
  }
}

async function read(chunks, most = MOST) {
  const hash = createHash('sha256');
  const collected = [];
  let length = 0;
  for await (const piece of chunks) {
    hash.update(piece);
    if (length < 1 << 20) collected.push(Buffer.from(piece));
    length += piece.length;
    if (length >= most) break;
  }
  return { length, sha256: hash.digest('hex'), front: Buffer.concat(collected), whole: length < most };
}

export async function readCompression(compression, bytes, random) {
  const remarks = [];
  const got = await read(compression.unpack(pieces(bytes, random), (remark) => remarks.push(remark)));
  return { ...got, remarks, told: remarks.some(({ incomplete }) => incomplete) };
}

/** Members with their hashes; throws where parts do not tile the archive. */
export async function readArchive(archive, bytes, random, patient) {
  const warnings = [];
  const remark = (warning) => warnings.push(warning);
  const parts =
    archive.access === 'sequential'
      ? archive.parts(pieces(bytes, random), remark)
      : archive.parts(randomBytesOf(bytes), remark);
  const [spans, members] = [[], []];
  let unread = 0;
  let left = MOST;
  for await (const part of parts) {
    if (part.kind === 'framing') {
      const there = bytes.subarray(part.offset, part.offset + part.bytes.length);
      if (Buffer.compare(there, part.bytes) !== 0)
        throw new Error(`framing at ${part.offset} is not what stands there`);
      spans.push({ offset: part.offset, length: part.bytes.length });
      continue;
    }
    spans.push(part.span);
    if (part.kind === 'unread') unread++;
    else {
      const got = await read(part.chunks, patient ? Math.max(1, left) : 1 + random.below(100_000));
      left -= got.length;
      members.push({ name: part.name, ...got });
    }
  }
  const filled = spans.filter(({ length }) => length !== 0).sort((a, b) => a.offset - b.offset);
  let at = 0;
  for (const { offset, length } of filled) {
    if (offset !== at) throw new Error(`a part at ${offset}, where ${at} was due`);
    at += length;
  }
  if (at !== bytes.length) throw new Error(`parts end at ${at}, not at ${bytes.length}`);
  return { members, unread, warnings, told: unread > 0 || warnings.some(({ incomplete }) => incomplete) };
}
