/**
 * The dump from its first byte to its last: entropy as shade, kinds of memory as colour, what was skipped hatched, findings
 * pinned. Drawn in pieces that stand side by side on a wide screen and one below the other on a narrow one.
 */
import type { Picture } from '../../picture.js';
import type { InputReport, Skipped, Span } from '../../types.js';
import { byteCount } from '../bytes.js';
import { hexOffset } from '../describe.js';
import { plural } from '../units.js';
import { coordinate, cut, type Markup, markup } from './markup.js';
import { drawPins, type Pin, type Shown } from './pins.js';
import { type Drawn, drawStrips, legend } from './strips.js';

/** Units across a piece; the style sheet shows them at about the size of pixels. */
export const WIDTH = 340;
const SHADES = 24;
const STRIP = 18;
const AXIS = 14;
/** Cells in a piece, and pieces in a map: at most 2048 cells. */
const CELLS = 128;
const FEWEST = 4;
const MOST = 48;
/** What a file lacks is drawn to scale up to this many times its size. */
const MOST_MISSING = 2;
const LEVELS = 16;
/** Skipped spans with elements of their own in a piece. */
const MAX_SKIPPED = 50;

export function dumpMap(input: InputReport, picture: Picture, shown: readonly Shown[]): Markup {
  const { cell, bits } = picture.entropy;
  const missing = Math.max(0, input.coverage.bytes - input.coverage.holes - input.size);
  const drawnMissing = missing <= input.size * MOST_MISSING ? missing : 0;
  const end = input.size + drawnMissing;
  if (end === 0) return markup``;
  const cells = Math.max(bits.length, Math.ceil(end / cell));
  const pieces = Math.min(MOST, Math.max(Math.ceil(cells / CELLS), Math.min(FEWEST, Math.ceil(cells / FEWEST))));
  const length = Math.ceil(cells / pieces) * cell;
  const spans: Span[] = [];
  for (let offset = 0; offset < end; offset += length) spans.push({ offset, length: Math.min(length, end - offset) });
  const drawings = spans.map((span) => drawPiece(span, length, input, picture, shown));
  const sums = new Map<string, number>();
  for (const { kind, length: bytes } of picture.strips) sums.set(kind, (sums.get(kind) ?? 0) + bytes);
  const note =
    missing > drawnMissing && markup`<p class="note">${byteCount(missing)} missing behind its end are not drawn.</p>`;
  return markup`<figure class="map"><figcaption><h4>Map of the dump</h4><p>From the first byte to the last, ${plural(spans.length, 'piece')} of ${byteCount(length)}: entropy above (a sample in every ${byteCount(cell)}), kinds of memory below.</p></figcaption>
<div class="pieces">${drawings}</div>
${legend(sums, input.coverage.skipped.length > 0 ? [RAMP, SKIPPED] : [RAMP])}${note}</figure>
`;
}

const RAMP = markup`<li><span class="swatch ramp"></span>entropy, 0 to 8 bits a byte</li>`;
const SKIPPED = markup`<li><span class="swatch skipped"></span>not scanned</li>`;

function drawPiece(
  span: Span,
  length: number,
  { coverage }: InputReport,
  { entropy, strips }: Picture,
  shown: readonly Shown[],
): Markup {
  const scale = WIDTH / length;
  const at = (offset: number) => (offset - span.offset) * scale;
  const within = ({ offset, length: bytes }: Span): Span | undefined => {
    const from = Math.max(offset, span.offset);
    const to = Math.min(offset + bytes, span.offset + span.length);
    return to > from ? { offset: from, length: to - from } : undefined;
  };
  const pins = pinsIn(span, shown, at);
  const { height, markup: flags } = drawPins(pins, WIDTH, SHADES + STRIP);
  const drawn: Drawn[] = strips.flatMap((strip) => {
    const part = within(strip);
    if (part === undefined) return [];
    const place = `${hexOffset(strip.offset)}, ${byteCount(strip.length)}`;
    return [{ x: at(part.offset), width: part.length * scale, kind: strip.kind, name: strip.name, place }];
  });
  const hatched = drawSkipped(coverage.skipped, within, (part) => [at(part.offset), part.length * scale], height);
  const total = height + SHADES + STRIP + AXIS;
  const frame = coordinate(span.length * scale);
  const [from, to] = [hexOffset(span.offset), hexOffset(span.offset + span.length)];
  const kinds = [...new Set(drawn.map(({ kind }) => kind))].slice(0, 10).join(', ');
  const places = pins.length > 0 ? `; ${plural(pins.length, 'place')} of findings ${numbersOf(pins)}` : '';
  return markup`<svg class="piece" viewBox="0 0 ${WIDTH} ${total}" role="group"><title>${from} to ${to}</title><desc>${kinds}${places}</desc><rect class="ground" x="0" y="${height}" width="${frame}" height="${SHADES + STRIP}"/>${shades(span, entropy, at, height)}${drawStrips(drawn, height + SHADES, STRIP)}${hatched}<rect class="frame" x="0" y="${height}" width="${frame}" height="${SHADES + STRIP}"/>${flags}<path class="frame" d="M0 ${total - AXIS}v5"/><text class="axis" x="3" y="${total - 2}">${from}</text></svg>
`;
}

/** Spans that were not read. When they are many, they share one element, and their reasons are in the table. */
function drawSkipped(
  skipped: readonly Skipped[],
  within: (span: Span) => Span | undefined,
  place: (part: Span) => [x: number, width: number],
  y: number,
): Markup[] {
  const height = SHADES + STRIP;
  const drawn = skipped.flatMap((one) => {
    const part = within(one);
    if (part === undefined) return [];
    const [x, width] = place(part);
    const d = `M${coordinate(x)} ${y}h${coordinate(Math.max(1, width))}v${height}h-${coordinate(Math.max(1, width))}z`;
    return [{ d, title: `not scanned: ${cut(one.reason)}, ${hexOffset(one.offset)}, ${byteCount(one.length)}` }];
  });
  if (drawn.length > MAX_SKIPPED) {
    const d = drawn.map((one) => one.d).join('');
    return [markup`<path class="skipped" d="${d}"><title>not scanned</title></path>`];
  }
  return drawn.map(({ d, title }) => markup`<path class="skipped" d="${d}"><title>${title}</title></path>`);
}

/** Places of findings whose first byte lies in the span. */
function pinsIn({ offset, length }: Span, shown: readonly Shown[], at: (offset: number) => number): Pin[] {
  return shown.flatMap((one) =>
    one.places
      .filter((place) => place.offset >= offset && place.offset < offset + length)
      .map((place) => ({ x: at(place.offset), shown: one, title: pinTitle(one, hexOffset(place.offset), place.part) })),
  );
}

export function pinTitle({ finding, number }: Shown, where: string, part: string): string {
  return `${number}, ${finding.severity}: ${cut(finding.title)}, ${cut(part)} at ${where}`;
}

export function numbersOf(pins: readonly Pin[]): string {
  return [...new Set(pins.map(({ shown }) => shown.number))].sort((a, b) => a - b).join(', ');
}

/** One path for each shade; neighbours of one shade join. */
function shades(span: Span, { cell, bits }: Picture['entropy'], at: (offset: number) => number, y: number): Markup[] {
  const paths = new Map<number, string>();
  const [first, last] = [span.offset / cell, Math.min(bits.length, Math.ceil((span.offset + span.length) / cell))];
  const levelOf = (index: number) => Math.round(((bits[index] as number) / 8) * LEVELS);
  for (let index = first; index < last; ) {
    const level = levelOf(index);
    let next = index + 1;
    while (next < last && levelOf(next) === level) next++;
    const x = at(index * cell);
    const wide = coordinate(Math.min(at(next * cell), at(span.offset + span.length)) - x);
    // Zero is the ground, and what was not sampled, too.
    if (level > 0) {
      paths.set(level, `${paths.get(level) ?? ''}M${coordinate(x)} ${y}h${wide}v${SHADES}h-${wide}z`);
    }
    index = next;
  }
  return [...paths].map(([level, d]) => markup`<path class="shade" fill-opacity="${level / LEVELS}" d="${d}"/>`);
}
