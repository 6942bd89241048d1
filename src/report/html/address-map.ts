/** The address space: memory by address, voids collapsed, what the dump does not hold hatched, findings pinned. */
import type { AddressStrip } from '../../picture.js';
import type { Location } from '../../types.js';
import { byteCount } from '../bytes.js';
import { plural } from '../units.js';
import { type Cluster, layOutAddresses, type Placed, unitOf, voidBefore } from './address-layout.js';
import { numbersOf, pinTitle, WIDTH } from './dump-map.js';
import { coordinate, type Markup, markup } from './markup.js';
import { drawPins, type Pin, type Shown } from './pins.js';
import { type Drawn, drawStrips, legend } from './strips.js';

const BAR = 26;
const AXIS = 28;
/** Nobody counts in petabytes. */
const FAR = 1n << 50n;

type Space = 'virtual' | 'physical';

export function addressMap(space: Space, strips: readonly AddressStrip[], shown: readonly Shown[]): Markup {
  if (strips.length === 0) return markup``;
  const clusters = layOutAddresses(strips, WIDTH);
  const drawings = clusters.map((cluster, index) =>
    Array.from({ length: cluster.pieces }, (_, piece) => drawPiece(space, cluster, piece, shown, clusters[index - 1])),
  );
  const sums = new Map<string, number>();
  for (const { kind, length } of strips) sums.set(kind, (sums.get(kind) ?? 0) + Number(length));
  const title = space === 'virtual' ? 'Address space' : 'Physical memory';
  return markup`<figure class="map"><figcaption><h4>${title}</h4><p>By address, ${plural(clusters.length, 'cluster')}, each to a scale of its own; widths grow with the square root of sizes, and voids are left out.</p></figcaption>
<div class="pieces">${drawings}</div>
${legend(sums, [])}</figure>
`;
}

function drawPiece(
  space: Space,
  { placed, pieces }: Cluster,
  piece: number,
  shown: readonly Shown[],
  before?: Cluster,
): Markup {
  const left = piece * WIDTH;
  const inside = placed.filter(({ x, width }) => x + width > left && x < left + WIDTH);
  const pins = pinsIn(space, placed, shown)
    .map((pin) => ({ ...pin, x: pin.x - left }))
    .filter(({ x }) => x >= 0 && (x < WIDTH || (piece === pieces - 1 && x <= WIDTH)));
  const { height, markup: flags } = drawPins(pins, WIDTH, BAR);
  const drawn: Drawn[] = inside.map(({ strip, x, width }) => {
    const from = Math.max(0, x - left);
    const to = Math.min(WIDTH, x + width - left);
    return { x: from, width: to - from, kind: strip.kind, name: strip.name, place: extent(strip) };
  });
  const voids = inside.flatMap((one) => drawVoid(placed, placed.indexOf(one), left, height));
  const strips = inside.map(({ strip }) => strip);
  const total = height + BAR + AXIS;
  const places = pins.length > 0 ? `; ${plural(pins.length, 'place')} of findings ${numbersOf(pins)}` : '';
  const title = `${rangeOf(strips)}: ${sizeOf(strips)}`;
  const first = strips[0]?.address ?? 0n;
  const gap = piece === 0 && before ? first - endOf(before) : 0n;
  const [axis, second] = [
    `0x${first.toString(16)}`,
    piece > 0
      ? 'continued'
      : `${sizeOf(placed.map(({ strip }) => strip))}${gap > 0n ? `, ${gap < FAR ? byteCount(Number(gap)) : 'far'} above the last` : ''}`,
  ];
  return markup`<svg class="piece" viewBox="0 0 ${WIDTH} ${total}" role="group"><title>${title}</title><desc>${[...new Set(strips.map(({ kind }) => kind))].join(', ')}${places}</desc>${drawStrips(drawn, height, BAR)}${voids}${flags}<path class="frame" d="M0 ${height}v${BAR + 5}"/><text class="axis" x="3" y="${height + BAR + 12}">${axis}</text><text class="axis" x="3" y="${height + BAR + 24}">${second}</text></svg>
`;
}

function drawVoid(placed: readonly Placed[], index: number, left: number, y: number): Markup[] {
  const strips = [placed[index - 1], placed[index]].flatMap((one) => (one ? [one.strip] : []));
  const bytes = strips.length === 2 ? voidBefore(strips, 1) : 0n;
  const previous = placed[index - 1];
  if (bytes <= 0n || previous === undefined) return [];
  const from = Math.max(0, previous.x + previous.width - left);
  const to = Math.min(WIDTH, (placed[index] as Placed).x - left);
  if (to <= from) return [];
  const middle = coordinate(y + BAR / 2);
  const title = `${byteCount(Number(bytes))} without memory`;
  return [
    markup`<path class="void" d="M${coordinate(from)} ${middle}H${coordinate(to)}"><title>${title}</title></path>`,
  ];
}

function pinsIn(space: Space, placed: readonly Placed[], shown: readonly Shown[]): Pin[] {
  return shown.flatMap((one) =>
    one.places.flatMap((place) => {
      const address = addressOf(place, space);
      const x = address === undefined ? undefined : unitOf(placed, address);
      return x === undefined ? [] : [{ x, shown: one, title: pinTitle(one, addressText(place, space), place.part) }];
    }),
  );
}

function addressText(place: Location, space: Space): string {
  return (space === 'virtual' ? place.address : place.physical) ?? '';
}

function addressOf(place: Location, space: Space): bigint | undefined {
  const text = addressText(place, space);
  return /^0x[0-9a-f]{1,16}$/.test(text) ? BigInt(text) : undefined;
}

function endOf({ placed }: Cluster): bigint {
  const last = placed.at(-1)?.strip;
  return last ? last.address + last.length : 0n;
}

function extent({ address, length }: AddressStrip): string {
  return `0x${address.toString(16)}, ${byteCount(Number(length))}`;
}

function rangeOf(strips: readonly AddressStrip[]): string {
  const [first, last] = [strips[0], strips.at(-1)];
  if (first === undefined || last === undefined) return 'no memory';
  return `0x${first.address.toString(16)} to 0x${(last.address + last.length).toString(16)}`;
}

function sizeOf(strips: readonly AddressStrip[]): string {
  return byteCount(strips.reduce((sum, { length }) => sum + Number(length), 0));
}
