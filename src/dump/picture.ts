/** A dump map summarised for drawing: what lies where in the file and by address, bounded whatever the map holds. */
import type { AddressStrip, EntropyCells, Picture, Strip } from '../picture.js';
import type { DumpMap, Region, RegionKind } from '../types.js';
import { TELLING } from './map.js';

type Kind = RegionKind | 'hole';

/** Half-open. */
interface Piece {
  readonly start: bigint;
  readonly end: bigint;
  readonly kind: Kind;
  readonly name?: string;
}

/** Strips of one kind of map. A screen has no more columns. */
export const MAX_STRIPS = 2000;

const ORDER: readonly Kind[] = [...TELLING, 'hole'];

export function pictureOf(map: DumpMap, size: number, entropy: EntropyCells): Picture {
  const end = BigInt(Math.max(size, map.declaredSize));
  const whole: Piece = { start: 0n, end, kind: 'gap' };
  const inFile = map.regions.map((region) => pieceOf(region, BigInt(region.offset))).map((piece) => clip(piece, end));
  return {
    facts: map.facts,
    entropy,
    strips: bounded(flatten([...inFile, whole])).map(stripOf),
    virtual: addresses([...placed(map.regions, ({ address }) => address), ...map.holes.map(holeOf)]),
    physical: addresses(placed(map.regions, ({ physical }) => physical)),
  };
}

function pieceOf({ length, kind, module, thread }: Region, start: bigint): Piece {
  const name = module ?? (thread === undefined ? undefined : `thread ${thread}`);
  return { start, end: start + BigInt(length), kind, ...(name !== undefined && { name }) };
}

/** A stream's map may reach further than the stream did. */
function clip(piece: Piece, end: bigint): Piece {
  return piece.end > end ? { ...piece, end } : piece;
}

function placed(regions: readonly Region[], where: (region: Region) => bigint | undefined): Piece[] {
  return regions.flatMap((region) => {
    const start = where(region);
    return start === undefined ? [] : [pieceOf(region, start)];
  });
}

function holeOf({ address, length }: DumpMap['holes'][number]): Piece {
  return { start: address, end: address + length, kind: 'hole' };
}

function addresses(pieces: readonly Piece[]): AddressStrip[] {
  return bounded(flatten(pieces)).map(({ start, end, ...rest }) => ({ address: start, length: end - start, ...rest }));
}

function stripOf({ start, end, kind, name }: Piece): Strip {
  const span = { offset: Number(start), length: Number(end - start) };
  return { ...span, kind: kind as RegionKind, ...(name !== undefined && { name }) };
}

/** Ascending and without overlaps: where pieces overlap, the kind that tells most is left. Neighbours of one meaning join. */
function flatten(pieces: readonly Piece[]): Piece[] {
  const real = pieces.filter(({ start, end }) => end > start);
  const starts = [...real].sort((a, b) => compare(a.start, b.start));
  const ends = [...real].sort((a, b) => compare(a.end, b.end));
  const active = new Map(ORDER.map((kind) => [kind, new Set<Piece>()] as const));
  const flat: Piece[] = [];
  let [opened, closed, from] = [0, 0, 0n];
  while (closed < ends.length) {
    const opening = starts[opened];
    const closing = ends[closed] as Piece;
    const at = opening && opening.start < closing.end ? opening.start : closing.end;
    const top = at > from ? topmost(active) : undefined;
    if (top) append(flat, { ...top, start: from, end: at }, (a, b) => a.kind === b.kind && a.name === b.name);
    if (opening?.start === at) {
      active.get(opening.kind)?.add(opening);
      opened++;
    } else {
      active.get(closing.kind)?.delete(closing);
      closed++;
    }
    from = at;
  }
  return flat;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function topmost(active: ReadonlyMap<Kind, ReadonlySet<Piece>>): Piece | undefined {
  for (const pieces of active.values()) for (const piece of pieces) return piece;
  return undefined;
}

/** Joins the piece to the last one where it touches it and means the same. */
function append(list: Piece[], piece: Piece, same: (a: Piece, b: Piece) => boolean, reach = 0n): void {
  const last = list.at(-1);
  if (last && piece.start - last.end <= reach && same(last, piece)) list[list.length - 1] = join(last, piece);
  else list.push(piece);
}

/** The kind of the longer one; the name only where both have it. */
function join(a: Piece, b: Piece): Piece {
  const longer = b.end - b.start > a.end - a.start ? b : a;
  const name = a.name === b.name ? a.name : undefined;
  return { start: a.start, end: b.end, kind: longer.kind, ...(name !== undefined && { name }) };
}

/** At most MAX_STRIPS pieces: names go first, then small ones, then small gaps between them. */
function bounded(pieces: Piece[]): Piece[] {
  let list = pieces;
  if (list.length > MAX_STRIPS) list = joined(list, (a, b) => a.kind === b.kind, 0n);
  let least = 16n;
  for (; list.length > MAX_STRIPS; least *= 4n) {
    const isSmall = ({ start, end }: Piece) => end - start <= least;
    list = joined(list, (a, b) => a.kind === b.kind || isSmall(a) || isSmall(b), least);
  }
  return list;
}

function joined(pieces: readonly Piece[], same: (a: Piece, b: Piece) => boolean, reach: bigint): Piece[] {
  const list: Piece[] = [];
  for (const piece of pieces) append(list, piece, same, reach);
  return list;
}
