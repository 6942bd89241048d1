/** LiME dumps of Linux and Android → dump map: ranges of physical memory, each behind a header of its own. */
import { type ByteReader, Fields, readExactly } from '../../bytes/read.js';
import { FormatError } from '../../errors.js';
import type { DumpMap, Region, Warning } from '../../types.js';
import { HEADER, MAGIC, VERSION } from './format.js';

/** More are not told apart; a machine has some ten ranges of memory, a large one some hundred. */
const MAX_RANGES = 1 << 16;

/** Throws FormatError or BoundsError when the first header is unusable. */
export function parseLime(reader: ByteReader, knownSize: number | undefined): DumpMap {
  const warnings: Warning[] = [];
  const littleEndian = new Fields(readExactly(reader, 0, HEADER.size, 'header'), true).u32(0) === MAGIC;
  const regions: Region[] = [];
  const limit = knownSize ?? Number.MAX_SAFE_INTEGER;
  let [at, ranges, memory] = [0, 0, 0n];
  while (at < limit) {
    const header = reader.read(at, HEADER.size);
    if (header.length < HEADER.size) {
      if (knownSize === undefined) warnings.push(beyond());
      else at += HEADER.size;
      break;
    }
    const fields = new Fields(header, littleEndian);
    const length = lengthOf(fields, at);
    if (length === undefined || ranges === MAX_RANGES) {
      if (ranges === 0) throw new FormatError('the first range is none');
      warnings.push(damaged(at));
      break;
    }
    const physical = fields.u64(HEADER.first);
    regions.push({ offset: at, length: HEADER.size, kind: 'metadata' });
    regions.push({ offset: at + HEADER.size, length, kind: 'physical', physical });
    at += HEADER.size + length;
    ranges++;
    memory += BigInt(length);
  }
  if (knownSize !== undefined && at > knownSize) {
    const message = `the dump ends at ${knownSize} bytes, its headers promise ${at}`;
    warnings.push({ code: 'TRUNCATED', message, incomplete: true });
  }
  return {
    format: 'lime',
    facts: [
      ['byte order', littleEndian ? 'little-endian' : 'big-endian'],
      ['ranges', String(ranges)],
      ['memory', `${memory} bytes`],
    ],
    regions: regions
      .filter(({ offset }) => offset < limit)
      .map((region) => ({ ...region, length: Math.min(region.length, limit - region.offset) })),
    modules: [],
    threads: [],
    holes: [],
    declaredSize: Math.max(at, knownSize ?? 0),
    warnings,
  };
}

/** Undefined where no header stands. */
function lengthOf(fields: Fields, at: number): number | undefined {
  if (fields.u32(HEADER.magic) !== MAGIC || fields.u32(HEADER.version) !== VERSION) return undefined;
  const length = fields.u64(HEADER.last) - fields.u64(HEADER.first) + 1n;
  // No file reaches further, and no memory.
  return length > 0n && length + BigInt(at) < BigInt(Number.MAX_SAFE_INTEGER) / 4n ? Number(length) : undefined;
}

function damaged(at: number): Warning {
  const message = `no range begins at ${at}: what follows is scanned as raw bytes`;
  return { code: 'DAMAGED_RECORDS', message, incomplete: true };
}

function beyond(): Warning {
  const message = 'ranges lie beyond the first part of the stream: addresses will be missing';
  return { code: 'MAP_PREFIX_ONLY', message, incomplete: false };
}
