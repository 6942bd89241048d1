/** Go's heap dumps → dump map: each object, stack frame and segment with its address. */
import { latin1 } from '../../bytes/convert.js';
import type { ByteReader } from '../../bytes/read.js';
import { FormatError } from '../../errors.js';
import type { DumpMap, Region, Thread, Warning } from '../../types.js';
import { Blocks } from '../blocks.js';
import { clipped } from '../stretches.js';
import { MAGIC, TAG } from './format.js';
import { CutError, GoRecords, type Record } from './records.js';

/** Objects and frames that are told apart. */
const MAX_REGIONS = 1 << 20;
/** No key is shorter: smaller objects, which are most, are not told apart. */
const MIN_OBJECT = 32;
const MAX_THREADS = 1 << 17;
/** Longer texts are cut. */
const MAX_TEXT = 64;

interface Heap {
  readonly regions: Region[];
  readonly threads: Thread[];
  readonly facts: Array<readonly [string, string]>;
  /** Objects in all, and those that were left out because there are too many. */
  objects: number;
  dropped: number;
  goroutine: number;
}

/** Throws FormatError when not even the parameters can be read. */
export function parseGoHeap(reader: ByteReader, knownSize: number | undefined): DumpMap {
  const blocks = new Blocks(reader);
  const records = new GoRecords(blocks, MAGIC.length);
  const heap: Heap = { regions: [], threads: [], facts: [], objects: 0, dropped: 0, goroutine: 0 };
  const warnings: Warning[] = [];
  let end = records.offset;
  try {
    for (let record = records.next(); record !== undefined; record = records.next()) {
      add(heap, record, blocks);
      end = records.offset;
      if (records.exhausted) {
        const message = `the records behind ${end} are too many: what they hold has no addresses`;
        warnings.push({ code: 'TOO_MANY_RECORDS', message, incomplete: true });
        break;
      }
    }
    end = records.offset;
  } catch (error) {
    if (error instanceof CutError) {
      warnings.push(cut(knownSize, error.promised));
      end = Math.min(error.promised, Number.MAX_SAFE_INTEGER / 4);
    } else if (error instanceof FormatError && heap.facts.length > 0) {
      const message = `no record begins at ${end} (${error.message}): what follows is scanned as raw bytes`;
      warnings.push({ code: 'DAMAGED_RECORDS', message, incomplete: true });
    } else throw error;
  }
  if (heap.dropped > 0) {
    const message = `${heap.dropped} objects of ${heap.objects} have no addresses: numbers in them may be missed`;
    warnings.push({ code: 'MAP_CUT', message, incomplete: true });
  }
  const limit = knownSize ?? Number.MAX_SAFE_INTEGER;
  return {
    format: 'go-heap-dump',
    facts: [...heap.facts, ['objects', String(heap.objects)], ['goroutines', String(heap.threads.length)]],
    regions: clipped(heap.regions, limit),
    modules: [],
    threads: heap.threads,
    holes: [],
    declaredSize: Math.max(end, knownSize ?? 0),
    warnings,
  };
}

function add(heap: Heap, { tag, numbers, spans }: Record, blocks: Blocks): void {
  const [first = 0, second = 0, third = 0] = numbers;
  const [span] = spans;
  switch (tag) {
    case TAG.object:
      heap.objects++;
      if (span !== undefined && span.length >= MIN_OBJECT) {
        const { offset, length } = span;
        addRegion(heap, { offset, length, kind: 'heap', address: BigInt(first), alone: true });
      }
      break;
    case TAG.data:
    case TAG.bss:
      if (span !== undefined) addRegion(heap, { ...span, kind: 'module', address: BigInt(first) });
      break;
    case TAG.goroutine:
      heap.goroutine = third;
      if (heap.threads.length < MAX_THREADS) heap.threads.push({ id: third, stackPointer: BigInt(second) });
      break;
    case TAG.stackFrame:
      if (span !== undefined && span.length > 0) {
        addRegion(heap, { ...span, kind: 'stack', address: BigInt(first), thread: heap.goroutine, alone: true });
      }
      break;
    case TAG.params: {
      const [machine, version] = spans.map(({ offset, length }) =>
        latin1(blocks.bytes(offset, Math.min(length, MAX_TEXT))),
      );
      heap.facts.push(['machine', `${machine}, ${8 * second}-bit, ${first === 0 ? 'little' : 'big'}-endian`]);
      heap.facts.push(['go', version ?? '']);
      break;
    }
  }
}

function addRegion(heap: Heap, region: Region): void {
  if (heap.regions.length < MAX_REGIONS) heap.regions.push(region);
  else heap.dropped++;
}

function cut(knownSize: number | undefined, promised: number): Warning {
  if (knownSize === undefined) {
    // Objects stand at any byte of the file, so that without its address nothing tells where an object's words begin.
    const message = 'objects lie beyond the first part of the stream: numbers in them may be missed; scan the file';
    return { code: 'MAP_PREFIX_ONLY', message, incomplete: true };
  }
  const message = `the dump ends at ${knownSize} bytes, its records promise ${promised} or more`;
  return { code: 'TRUNCATED', message, incomplete: true };
}
