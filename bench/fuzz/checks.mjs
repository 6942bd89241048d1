/** One damaged file through the real entry points of its format. Each check returns what is wrong, or undefined. */
import { readDumpMap } from '../../dist/dump/detect.js';
import { holeBytes, RegionIndex, seams } from '../../dist/dump/map.js';
import { pagedFormatOf } from '../../dist/dump/paged.js';
import { BoundsError, FormatError } from '../../dist/errors.js';
import { accountFor } from '../../dist/findings/coverage.js';
import { bytesReader } from '../../dist/source/open.js';
import { randomBytesOf } from '../../dist/source/unwrap/chunks.js';
import { wrapperOf } from '../../dist/source/unwrap/registry.js';
import { pieces, readArchive, readCompression } from './parts.mjs';

/** Of an image that declares more, only the front is read. */
const IMAGE_MOST = 64 * 1024 * 1024;

const incomplete = ({ warnings }) => warnings.some((warning) => warning.incomplete);

function problemOfMap(map, size) {
  let before = 0;
  for (const { offset, length } of map.regions) {
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0)
      return 'a region of no sense';
    if (offset < before) return 'regions are not sorted';
    if (offset + length > Math.max(size, map.declaredSize)) return 'a region behind the end';
    before = offset;
  }
  if (!Number.isFinite(map.declaredSize) || map.declaredSize < 0) return 'a declared size of no sense';
  const { bytes, scanned, holes, skipped } = accountFor(size, map.declaredSize, holeBytes(map), []);
  if (scanned + holes + skipped.reduce((sum, { length }) => sum + length, 0) !== bytes) return 'coverage does not sum';
  if (map.holes.some(({ length }) => length < 0n)) return 'a negative hole';
  return undefined;
}

/** What the format of the whole file is called, for "is it still taken for one?". */
async function map({ bytes, cut }, original, random) {
  const known = random.below(4) > 0;
  const size = bytes.length;
  // A stream's first window, or the file.
  const reader = bytesReader(known ? bytes : bytes.subarray(0, 1 << random.below(22)));
  const found = readDumpMap(reader, known ? size : undefined);
  const wrong = problemOfMap(found, known ? size : Number.MAX_SAFE_INTEGER);
  if (wrong) return wrong;
  seams(found);
  const index = new RegionIndex(found);
  const offsets = Array.from({ length: 8 }, () => random.below(size + 10)).sort((a, b) => a - b);
  for (const offset of offsets) {
    index.locate({ offset, length: 1 });
    index.tornAt({ offset, length: 1 + random.below(10_000) });
  }
  if (found.attribute && known) {
    const again = { [Symbol.asyncIterator]: () => pieces(bytes, random)[Symbol.asyncIterator]() };
    await found.attribute(again, offsets);
  }
  if (found.joins && known) {
    const joins = await found.joins({ [Symbol.asyncIterator]: () => pieces(bytes, random)[Symbol.asyncIterator]() });
    for (const span of joins.spans) {
      if (span === undefined) continue;
      if (span.offset + span.length > size) return 'a piece behind the end';
      if ((await joins.read(span)).length !== span.length) return 'a piece that cannot be read';
    }
    joins.wipe();
  }
  if (cut && known && found.format === original.format && found.declaredSize <= size && !incomplete(found)) {
    return 'its end is missing, and nothing tells it';
  }
  return undefined;
}

async function paged({ bytes, cut }, original, random) {
  const format = pagedFormatOf(bytes.subarray(0, 512));
  if (format === undefined) return undefined;
  let dump;
  try {
    dump = await format.open(randomBytesOf(bytes));
  } catch (error) {
    if (error instanceof FormatError || error instanceof BoundsError) return undefined;
    throw error;
  }
  const wrong = problemOfMap(dump.map, dump.size);
  if (wrong) return wrong;
  const unread = [];
  const warnings = [...dump.map.warnings];
  const remarks = { remark: (warning) => warnings.push(warning), unread: (span) => unread.push(span) };
  const probe = random.below(Math.min(dump.size, IMAGE_MOST) + 1);
  const expected = Buffer.alloc(Math.min(5000, Math.max(0, Math.min(dump.size, IMAGE_MOST) - probe)));
  let length = 0;
  for await (const piece of dump.chunks(remarks)) {
    const [from, to] = [Math.max(probe, length), Math.min(probe + expected.length, length + piece.length)];
    if (from < to) expected.set(piece.subarray(from - length, to - length), from - probe);
    length += piece.length;
    if (length > IMAGE_MOST) break;
  }
  if (length <= IMAGE_MOST) {
    if (length !== dump.size) return `the image has ${length} bytes, not ${dump.size}`;
    const skipped = unread.reduce((sum, span) => sum + span.length, 0);
    if (unread.some(({ offset, length }) => offset < 0 || length <= 0 || offset + length > dump.size))
      return 'an unread span outside';
    if (skipped > dump.size) return 'more unread than there is';
    const told =
      unread.length > 0 || dump.map.declaredSize > dump.size || warnings.some((warning) => warning.incomplete);
    if (cut && format.name === original.format && !told) return 'its end is missing, and nothing tells it';
  }
  const again = await dump.read(probe, expected.length);
  if (Buffer.compare(again, expected) !== 0) return `read and chunks differ at ${probe}`;
  return undefined;
}

/** What is cut where another frame or padding begins is whole for all that anybody can tell. */
const wholeTo = (wrapper, { bytes }, length) => {
  const rest = bytes.subarray(length);
  const next = rest.findIndex((byte) => byte !== 0);
  return next < 0 || wrapper.matches(rest.subarray(next, next + 512));
};

/** Formats and files that have no checksum over their content. */
const UNCHECKED = /unchecked|\.lzma|legacy|empty|frames-small\.lz4/;

async function compression({ bytes, cut, kind }, original, random) {
  const wrapper = wrapperOf(bytes.subarray(0, 512));
  if (wrapper?.kind !== 'compression') return undefined;
  original.unpacked ??= await readCompression(wrapperOf(original.bytes.subarray(0, 512)), original.bytes, random);
  const got = await readCompression(wrapper, bytes, random);
  if (wrapper.name !== original.format) return undefined;
  const whole = original.unpacked;
  if (cut) {
    // But for what stands behind the last frame, as it stands.
    const trailing = got.remarks.some(({ code }) => code === 'TRAILING_BYTES') ? 16 : 0;
    const length = Math.max(0, got.front.length - trailing);
    if (!got.front.subarray(0, length).equals(whole.front.subarray(0, length)))
      return 'what comes out is not what was packed';
    if (!got.told && !wholeTo(wrapper, original, bytes.length)) return 'its end is missing, and nothing tells it';
  } else if (kind === 'flip' && got.whole && got.remarks.length === 0 && !UNCHECKED.test(original.name)) {
    if (got.sha256 !== whole.sha256) return 'it unpacks to something else, and nothing tells it';
  }
  return undefined;
}

async function archive({ bytes, cut }, original, random) {
  const wrapper = wrapperOf(bytes.subarray(0, 512));
  if (wrapper?.kind !== 'archive') return undefined;
  const patient = cut || random.below(3) > 0;
  let got;
  try {
    got = await readArchive(wrapper, bytes, random, patient);
  } catch (error) {
    if (/part|framing/.test(error.message)) return error.message;
    throw error;
  }
  if (!cut || wrapper.name !== original.format || got.told) return undefined;
  // A report of apport has no end but that of a line; what a value lacks is told by the gzip in it.
  if (wrapper.name === 'apport-crash' && bytes.at(-1) === 10) return undefined;
  original.read ??= await readArchive(wrapper, original.bytes, random, true);
  const key = ({ members, unread }) => `${unread} ${members.map(({ name, sha256 }) => name + sha256).join()}`;
  return key(got) === key(original.read) ? undefined : 'its end is missing, and nothing tells it';
}

export const CHECKS = { map, paged, compression, archive };

/** As which format the whole file is taken. */
export function formatOf({ bytes }) {
  const head = bytes.subarray(0, 512);
  return wrapperOf(head)?.name ?? pagedFormatOf(head)?.name ?? readDumpMap(bytesReader(bytes), bytes.length).format;
}
