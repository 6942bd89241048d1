/** V8's heap snapshots (.heapsnapshot of node and Chromium) → dump map: where the graph ends, and the strings begin. */
import { latin1 } from '../../bytes/convert.js';
import type { ByteReader } from '../../bytes/read.js';
import type { DumpMap, Region, Warning } from '../../types.js';
import { COUNTS, END, MAX_BEGINNING, STRINGS } from './format.js';
import { joinStrings } from './joins.js';
import { readLayout } from './layout.js';

const BLOCK = 1 << 20;

export function parseV8Snapshot(reader: ByteReader, knownSize: number | undefined): DumpMap {
  const head = latin1(reader.read(0, MAX_BEGINNING));
  const facts: Array<readonly [string, string]> = [];
  for (const [name, label] of Object.entries(COUNTS)) {
    const count = new RegExp(`"${name}":(\\d{1,15})[,}]`).exec(head)?.[1];
    if (count !== undefined) facts.push([label, count]);
  }
  const layout = readLayout(head);
  const strings = findStrings(reader);
  const size = knownSize ?? Number.MAX_SAFE_INTEGER;
  const regions: Region[] = [{ offset: 0, length: Math.min(strings ?? size, size), kind: 'metadata' }];
  if (strings !== undefined) regions.push({ offset: strings, length: size - strings, kind: 'heap' });
  const whole =
    strings !== undefined &&
    latin1(reader.read(Math.max(0, size - 8), 8))
      .trimEnd()
      .endsWith(END);
  return {
    format: 'v8-heap-snapshot',
    facts,
    regions,
    modules: [],
    threads: [],
    holes: [],
    // How much is missing, nothing tells.
    declaredSize: knownSize ?? 0,
    warnings: [cutStrings(), ...(knownSize !== undefined && !whole ? [truncated(knownSize)] : [])],
    joins: (dump) => joinStrings(dump, layout),
  };
}

/** Where the array of strings begins; a key of JSON, so that no string before it can look like it: quotes are escaped. */
function findStrings(reader: ByteReader): number | undefined {
  for (let at = 0; at < reader.size; at += BLOCK) {
    const found = Buffer.from(reader.read(at, BLOCK + STRINGS.length)).indexOf(STRINGS, 0, 'latin1');
    if (found >= 0) return at + found;
  }
  return undefined;
}

function cutStrings(): Warning {
  const message =
    'V8 writes 1,024 characters of a string (see --heap-snapshot-string-limit) and of a slice only what it is a slice of: longer keys may be missed';
  return { code: 'STRINGS_IN_PIECES', message, incomplete: false };
}

function truncated(size: number): Warning {
  const message = `the snapshot ends at ${size} bytes, before the end of its strings`;
  return { code: 'TRUNCATED', message, incomplete: true };
}
