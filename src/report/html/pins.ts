/** Pins: where findings lie in a drawing. Each place has a mark of its own; places of one finding share a flag. */
import type { Finding } from '../../types.js';
import { coordinate, type Markup, markup } from './markup.js';

/** A finding as the page shows it. */
export interface Shown {
  readonly finding: Finding;
  /** As in the table of findings, from 1. */
  readonly number: number;
  /** `id` of its element. */
  readonly anchor: string;
  /** Places that the page lists. */
  readonly places: Finding['locations'];
}

export interface Pin {
  readonly x: number;
  readonly shown: Shown;
  readonly title: string;
}

/** Class of the colour and shape: the severity, or that it is waived. */
export function toneOf({ severity, waived }: Finding): string {
  return waived === undefined ? severity : 'waived';
}

/** Height of a row of flags. */
const LANE = 17;
const FLAG = 14;
const MAX_LANES = 6;
/** Marks of one finding that are nearer than this share a flag. */
const NEAR = 16;

interface Flag {
  readonly pins: readonly Pin[];
  readonly left: number;
  readonly width: number;
  readonly lane: number;
}

export interface Pinned {
  /** Height that the flags take above the bar. */
  readonly height: number;
  readonly markup: Markup;
}

/** Draws the pins over a bar of that width and depth, which begins at `height`. */
export function drawPins(pins: readonly Pin[], width: number, depth: number): Pinned {
  const flags = layOut(pins, width);
  const lanes = flags.reduce((most, { lane }) => Math.max(most, Math.min(lane + 1, MAX_LANES)), 0);
  const height = lanes * LANE + (lanes > 0 ? 3 : 0);
  const beyond = flags.filter(({ lane }) => lane >= MAX_LANES).length;
  const marks = flags.map((flag) => drawMarks(flag, height, depth));
  const drawn = flags.filter(({ lane }) => lane < MAX_LANES).map((flag) => drawFlag(flag, height));
  const more = beyond > 0 && markup`<text class="more" x="${width}" y="11" text-anchor="end">+${beyond}</text>`;
  return { height, markup: markup`${marks}${drawn}${more}` };
}

/** Groups neighbours of one finding, and gives each group the lowest lane where it covers no other. */
function layOut(pins: readonly Pin[], width: number): Flag[] {
  const groups: Pin[][] = [];
  const open = new Map<number, Pin[]>();
  for (const pin of [...pins].sort((a, b) => a.x - b.x || a.shown.number - b.shown.number)) {
    const group = open.get(pin.shown.number);
    if (group && pin.x - (group.at(-1) as Pin).x < NEAR) {
      group.push(pin);
      continue;
    }
    const fresh = [pin];
    groups.push(fresh);
    open.set(pin.shown.number, fresh);
  }
  const ends: number[] = [];
  return groups.map((group) => {
    const wide = 9 + 7 * String(group[0]?.shown.number).length;
    const left = Math.min(Math.max(0, (group[0]?.x ?? 0) - wide / 2), width - wide);
    let lane = 0;
    while (lane < MAX_LANES && (ends[lane] ?? Number.NEGATIVE_INFINITY) > left) lane++;
    ends[lane] = left + wide + 2;
    return { pins: group, left, width: wide, lane };
  });
}

function drawMarks({ pins, lane }: Flag, height: number, depth: number): Markup[] {
  const flagged = lane < MAX_LANES ? topOf(lane, height) + FLAG : height - 3;
  return pins.map(({ x, shown, title }, index) => {
    const [at, from, to] = [x, index === 0 ? flagged : height - 3, height + depth].map(coordinate);
    return markup`<path class="pin ${toneOf(shown.finding)}" data-finding="${shown.number}" d="M${at} ${from}V${to}"><title>${title}</title></path>`;
  });
}

function topOf(lane: number, height: number): number {
  return height - 3 - (lane + 1) * LANE;
}

function drawFlag({ pins, left, width, lane }: Flag, height: number): Markup {
  const [first] = pins;
  if (first === undefined) return markup``;
  const { finding, number, anchor } = first.shown;
  const tone = toneOf(finding);
  const top = topOf(lane, height);
  const [x, y, middle, base] = [left, top, left + width / 2, top + 11].map(coordinate);
  const rounding = tone === 'critical' ? 1 : FLAG / 2;
  const box = markup`<rect class="flag" x="${x}" y="${y}" width="${width}" height="${FLAG}" rx="${rounding}"/>`;
  const text = markup`<text class="number" x="${middle}" y="${base}" text-anchor="middle">${number}</text>`;
  return markup`<a class="${tone}" href="#${anchor}" aria-label="Finding ${number}, ${tone}">${box}${text}</a>`;
}
