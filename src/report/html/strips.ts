/** Strips of a drawing: runs of one kind, coloured by it, named where the name fits, hatched where nothing was read. */
import type { RegionKind } from '../../types.js';
import { byteCount } from '../bytes.js';
import { coordinate, cut, type Markup, markup } from './markup.js';

export interface Drawn {
  readonly x: number;
  readonly width: number;
  readonly kind: RegionKind | 'hole';
  readonly name?: string;
  /** Where it lies and how long it is, for the one who points at it. */
  readonly place: string;
}

/** More strips than this in one drawing are drawn without names. */
const MAX_NAMED = 160;
/** Width of a letter. */
const LETTER = 5.6;
/** The narrowest strip that can be seen. */
const THINNEST = 0.6;

export function drawStrips(strips: readonly Drawn[], y: number, height: number): Markup {
  if (strips.length > MAX_NAMED) return markup`${drawCrowd(strips, y, height)}`;
  return markup`${strips.map((strip) => drawStrip(strip, y, height))}`;
}

function drawStrip({ x, width, kind, name, place }: Drawn, y: number, height: number): Markup {
  const title = [kind, name === undefined ? '' : cut(name), place].filter((text) => text !== '').join(', ');
  const wide = coordinate(Math.max(THINNEST, width));
  const box = markup`<rect class="k-${kind}" x="${coordinate(x)}" y="${y}" width="${wide}" height="${height}"><title>${title}</title></rect>`;
  const label = labelFor(kind, name, width);
  if (label === undefined) return box;
  const middle = coordinate(x + width / 2);
  return markup`${box}<text class="label" x="${middle}" y="${y + height / 2 + 3.5}" text-anchor="middle">${label}</text>`;
}

/** The file's name, or else the kind, where there is room for it. */
function labelFor(kind: string, name: string | undefined, width: number): string | undefined {
  const short = cut(name?.split(/[/\\]/).at(-1) ?? '', 60);
  const both = kind === 'stack' && short !== '' ? `stack, ${short}` : '';
  return [both, short, kind].find((text) => text !== '' && [...text].length * LETTER + 6 <= width);
}

/** One path for each kind: thousands of elements would make a page slow. */
function drawCrowd(strips: readonly Drawn[], y: number, height: number): Markup[] {
  const paths = new Map<string, string>();
  for (const { x, width, kind } of strips) {
    const wide = coordinate(Math.max(THINNEST, width));
    paths.set(kind, `${paths.get(kind) ?? ''}M${coordinate(x)} ${y}h${wide}v${height}h-${wide}z`);
  }
  return [...paths].map(([kind, d]) => markup`<path class="k-${kind}" d="${d}"><title>${kind}</title></path>`);
}

/** What the colours mean, and of how many bytes each tells. */
export function legend(sums: ReadonlyMap<string, number>, extras: readonly Markup[]): Markup {
  const kinds = [...sums].sort((a, b) => b[1] - a[1]);
  const entries = kinds.map(
    ([kind, bytes]) =>
      markup`<li><span class="swatch k-${kind}"></span>${kind} <small>${byteCount(bytes)}</small></li>`,
  );
  return markup`<ul class="legend">${entries}${extras}</ul>`;
}
