/** The text and JSON of `dumpsieve inspect`. */
import type { DumpMap, Region } from '../types.js';
import { byteCount } from './bytes.js';
import { sanitize } from './sanitize.js';

export interface Inspection {
  readonly path: string;
  /** What the dump was unpacked from, outermost first. */
  readonly wrappers: readonly string[];
  readonly size: number;
  readonly map: DumpMap;
  /** Bytes of memory that the dump declares and does not hold. */
  readonly holes: number;
  /** Bits of entropy per byte, 0 to 8, in cells of equal size over the file. */
  readonly entropy: ArrayLike<number>;
}

export interface InspectionOptions {
  readonly json: boolean;
  /** List everything; otherwise the first few of each. */
  readonly all: boolean;
  readonly width: number;
}

/** Entries listed without `all`. */
const FEW = 12;
const SHADES = ' ▁▂▃▄▅▆▇█';

export function renderInspection(inspection: Inspection, options: InspectionOptions): string {
  return options.json ? toJson(inspection) : toText(inspection, options);
}

/** One dump as it is; those of an archive one after the other, in JSON as a list. */
export function renderInspections(inspections: readonly Inspection[], options: InspectionOptions): string {
  const [only] = inspections;
  if (only && inspections.length === 1) return renderInspection(only, options);
  const parts = inspections.map((inspection) => renderInspection(inspection, options));
  return options.json ? `[\n${parts.map((part) => part.trimEnd()).join(',\n')}\n]\n` : parts.join('\n');
}

function toJson({ path, wrappers, size, map, holes, entropy }: Inspection): string {
  const plain = (_name: string, value: unknown) => (typeof value === 'bigint' ? `0x${value.toString(16)}` : value);
  const { format, facts, regions, modules, threads, declaredSize, warnings } = map;
  const summary = { path, wrappers, size, format, declaredSize, facts: Object.fromEntries(facts), warnings };
  const cells = Array.from(entropy, (bits) => Math.round(bits * 100) / 100);
  return `${JSON.stringify({ ...summary, coverage: coverage(map, size, holes), regions, modules, threads, holes: map.holes, entropy: cells }, plain, 2)}\n`;
}

/** The account of the file's bytes: those that the map gives a meaning, and those between (scanned all the same). */
function coverage(map: DumpMap, size: number, holes: number) {
  let [end, mapped] = [0, 0];
  for (const { offset, length } of map.regions) {
    const stop = Math.min(offset + length, size);
    if (stop <= end) continue;
    mapped += stop - Math.max(offset, end);
    end = stop;
  }
  return { bytes: size, mapped, gaps: size - mapped, missing: Math.max(0, map.declaredSize - size), holes };
}

function toText({ path, wrappers, size, map, holes, entropy }: Inspection, { all, width }: InspectionOptions): string {
  const most = all ? Number.POSITIVE_INFINITY : FEW;
  const account = coverage(map, size, holes);
  const lines = [
    sanitize(path),
    `  format    ${[...wrappers, map.format].map(sanitize).join(' > ')}, ${byteCount(size)}`,
  ];
  for (const [name, value] of map.facts) lines.push(`  ${name.padEnd(9)} ${sanitize(value)}`);
  lines.push(
    `  mapped    ${byteCount(account.mapped)}`,
    `  gaps      ${byteCount(account.gaps)} (in no region; scanned too)`,
  );
  lines.push(`  holes     ${byteCount(account.holes)} of memory that the dump does not hold`);
  if (account.missing > 0) lines.push(`  missing   ${byteCount(account.missing)}: the file is truncated`);
  for (const { code, message } of map.warnings) lines.push(`  warning   ${sanitize(message)} [${code}]`);
  lines.push(
    '',
    '  entropy, from the first byte to the last (blank 0, full 8 bits a byte)',
    `  |${entropyLine(entropy)}|`,
  );
  lines.push('', '  regions by kind', ...kinds(map.regions));
  lines.push(...list('regions', map.regions.map(regionLine), most));
  lines.push(
    ...list(
      'modules',
      map.modules.map(({ name, address, length }) => `${range(address, length)} ${sanitize(name)}`),
      most,
    ),
  );
  lines.push(
    ...list(
      'threads',
      map.threads.map(({ id, name, stackPointer }) =>
        [id, stackPointer === undefined ? '' : `sp 0x${stackPointer.toString(16)}`, sanitize(name ?? '')]
          .join(' ')
          .trimEnd(),
      ),
      most,
    ),
  );
  lines.push(
    ...list(
      'holes',
      map.holes.map(({ address, length }) => range(address, length)),
      most,
    ),
  );
  return `${lines.map((line) => fit(line, width)).join('\n')}\n`;
}

function entropyLine(entropy: ArrayLike<number>): string {
  return Array.from(entropy, (bits) => SHADES[Math.round(Math.max(0, Math.min(8, bits)))]).join('');
}

function kinds(regions: readonly Region[]): string[] {
  const sums = new Map<string, { count: number; length: number }>();
  for (const { kind, length } of regions) {
    const sum = sums.get(kind) ?? { count: 0, length: 0 };
    sums.set(kind, { count: sum.count + 1, length: sum.length + length });
  }
  return [...sums]
    .sort((a, b) => b[1].length - a[1].length)
    .map(([kind, { count, length }]) => `    ${kind.padEnd(12)} ${String(count).padStart(7)}  ${byteCount(length)}`);
}

function regionLine(region: Region): string {
  const { length, physical, kind, module, thread, protection } = region;
  const owner = thread === undefined ? sanitize(module ?? '') : `thread ${thread}`;
  const machine = physical === undefined ? '' : `at physical ${range(physical, BigInt(length))}`;
  return [placeOf(region), protection ?? '---', kind, machine, owner].filter((word) => word !== '').join(' ');
}

/** The address; the offset in the file where there is none. */
function placeOf({ offset, length, address }: Region): string {
  return address === undefined ? `@0x${offset.toString(16)}` : range(address, BigInt(length));
}

function range(address: bigint, length: bigint): string {
  return `0x${address.toString(16)}-0x${(address + length).toString(16)}`;
}

function list(title: string, entries: readonly string[], most: number): string[] {
  if (entries.length === 0) return [];
  const shown = entries.slice(0, most).map((entry) => `    ${entry}`);
  const more = entries.length > shown.length ? [`    … ${entries.length - shown.length} more (--all)`] : [];
  return ['', `  ${title} (${entries.length})`, ...shown, ...more];
}

/** Long lines lose their middle, so that both ends of a path stay. */
function fit(line: string, width: number): string {
  if (line.length <= width) return line;
  const head = Math.floor((width - 1) / 2);
  return `${line.slice(0, head)}…${line.slice(line.length - (width - 1 - head))}`;
}
