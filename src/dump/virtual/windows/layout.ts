/**
 * Where a process structure of Windows has its name and its number: that changes with the build, and is found out from the
 * structures themselves. The approach is that of MemProcFS (ufrisk/MemProcFS, vmmwin.c, VmmWinProcess_OffsetLocator64):
 * the name where System has its own, then the number 4 right before the list of processes, which leads to a structure
 * that leads back. Here all structures of the dump vote, so that no single one has to be whole.
 */
import { latin1 } from '../../../bytes/convert.js';

/** Bytes of a structure that are looked at: ImageFileName lies at 0x5a8 at most (Windows 10 2004 to 11 23H2). */
export const STRUCTURE = 0x800;

/** Offsets in bytes. */
export interface Layout {
  /** ImageFileName: 15 bytes, filled up with zeros. */
  readonly name: number;
  /** ActiveProcessLinks: u64 Flink and Blink. UniqueProcessId, u64, stands before it. */
  readonly links: number;
}

export interface Structure {
  readonly address: bigint;
  /** `STRUCTURE` bytes; those that the dump does not hold are zeros. */
  readonly bytes: Uint8Array;
}

const NAME_LENGTH = 15;
/** Processes of each Windows, whatever runs on it. Of the name there are the first 14 characters. */
const COMMON = new Set([
  ...['System', 'Registry', 'Secure System', 'smss.exe', 'csrss.exe', 'wininit.exe', 'winlogon.exe', 'services.exe'],
  ...['lsass.exe', 'lsm.exe', 'svchost.exe', 'explorer.exe', 'spoolsv.exe', 'dwm.exe', 'MemCompression'],
]);
/** Behind the first fields of KPROCESS. */
const FIRST = 0x80;
/** Structures that vote. */
const MAX_VOTERS = 256;

/** Undefined when the structures do not agree on a place for either. */
export function layoutOf(structures: readonly Structure[]): Layout | undefined {
  const voters = structures.slice(0, MAX_VOTERS);
  const name = nameOffset(voters);
  const links = name === undefined ? undefined : linksOffset(voters, name);
  return name === undefined || links === undefined ? undefined : { name, links };
}

/** The offset at which most of the structures have the name of a process that every Windows has. */
function nameOffset(voters: readonly Structure[]): number | undefined {
  let best: { offset: number; votes: number } | undefined;
  for (let offset = FIRST; offset + NAME_LENGTH < STRUCTURE; offset += 8) {
    const names = voters.map(({ bytes }) => nameAt(bytes, offset)).filter((name) => name && COMMON.has(name));
    const told = names.includes('System') || new Set(names).size > 1;
    if (told && names.length > (best?.votes ?? 0)) best = { offset, votes: names.length };
  }
  return best?.offset;
}

/**
 * The offset, before the name, at which most of the structures lead to another one that leads back. They are in other
 * lists, too, but behind no number that is each one's own, and System's 4.
 */
function linksOffset(voters: readonly Structure[], name: number): number | undefined {
  const byAddress = new Map(voters.map((structure) => [structure.address, structure]));
  const systems = voters.filter(({ bytes }) => nameAt(bytes, name) === 'System');
  let best: { offset: number; votes: number } | undefined;
  for (let offset = FIRST; offset + 16 <= name; offset += 8) {
    const layout = { name, links: offset };
    if (systems.length > 0 && !systems.some((system) => idOf(system, layout) === SYSTEM)) continue;
    const pairs = voters.filter((structure) => {
      const next = byAddress.get(linksOf(structure, layout).next);
      return next !== undefined && next !== structure && linksOf(next, layout).previous === structure.address;
    });
    const ids = new Set(pairs.map((structure) => idOf(structure, layout)));
    if (ids.has(undefined) || ids.size < pairs.length) continue;
    if (pairs.length > (best?.votes ?? 0)) best = { offset, votes: pairs.length };
  }
  return best?.offset;
}

/** Number of the process System, always. */
const SYSTEM = 4;
/** Numbers are indexes of a handle table, of at most 2^24 entries, times four. */
const MAX_ID = 2n ** 26n;

/** The process's number; undefined where there is none: they are multiples of four. */
export function idOf({ bytes }: Structure, { links }: Layout): number | undefined {
  const id = wordAt(bytes, links - 8);
  return id > 0n && id < MAX_ID && id % 4n === 0n ? Number(id) : undefined;
}

/** The process's name; undefined where there is none. */
export function nameOf({ bytes }: Structure, { name }: Layout): string | undefined {
  return nameAt(bytes, name);
}

/** Addresses of the structures before and behind in the list of processes; the head of the list is none. */
export function linksOf({ bytes }: Structure, { links }: Layout): { next: bigint; previous: bigint } {
  const at = BigInt(links);
  return { next: wordAt(bytes, links) - at, previous: wordAt(bytes, links + 8) - at };
}

function wordAt(bytes: Uint8Array, at: number): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(at, true);
}

/** Text up to the first zero, where only zeros follow. */
function nameAt(bytes: Uint8Array, at: number): string | undefined {
  let end = at;
  while (end < at + NAME_LENGTH && isNameByte(bytes[end] as number)) end++;
  for (let i = end; i < at + NAME_LENGTH; i++) if (bytes[i] !== 0) return undefined;
  return end > at ? latin1(bytes, at, end) : undefined;
}

/** No control characters: the name goes into the report. */
function isNameByte(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte >= 0xa0;
}
