/** Strings that a program put together, joined again from the texts of their parts. */
import type { Joins } from '../../joins.js';
import type { Warning } from '../../types.js';
import { type Composed, NONE, readComposed } from './composed.js';
import type { Layout } from './layout.js';
import { Ropes } from './ropes.js';
import { indexIn, Texts } from './texts.js';

/** `dump` begins anew each time it is iterated. `layout`: undefined where the snapshot does not describe its fields. */
export async function joinStrings(dump: AsyncIterable<Uint8Array>, layout: Layout | undefined): Promise<Joins> {
  if (layout === undefined) return nothing(notJoined('its fields are not described'));
  const composed = await readComposed(dump, layout);
  if (!composed.whole) return nothing(notJoined('its graph is damaged, or ends early'));
  const leaves = leavesOf(composed);
  const texts = new Texts(leaves, layout);
  let whole = false;
  try {
    whole = await texts.read(dump);
  } finally {
    if (!whole) texts.wipe();
  }
  if (!whole) return nothing(notJoined('its strings end early'));
  const ropes = new Ropes({ ...partsOf(composed, leaves), spanOf: (leaf) => texts.spanOf(leaf) });
  return {
    spans: ropes.spans(),
    read: (span) => texts.bytes(span),
    warnings: () => (ropes.cut || texts.cut || composed.cut ? [cut()] : []),
    wipe: () => texts.wipe(),
  };
}

/** Nodes that are parts, and not put together themselves; ascending, none twice. */
function leavesOf({ nodes, first, second }: Composed): Uint32Array {
  const parts = new Uint32Array(first.length + second.length);
  parts.set(first);
  parts.set(second, first.length);
  parts.sort();
  return parts.filter((node, i) => node !== NONE && node !== parts[i - 1] && indexIn(nodes, node) < 0);
}

/** From nodes to the numbers that stand for parts (ropes.ts). */
function partsOf({ nodes, first, second, sliced }: Composed, leaves: Uint32Array) {
  const partOf = (node: number, isRange: boolean): number => {
    if (node === NONE) return NONE;
    const rope = indexIn(nodes, node);
    if (rope >= 0) return rope;
    return nodes.length + (isRange ? leaves.length : 0) + indexIn(leaves, node);
  };
  return {
    first: first.map((node, one) => partOf(node, sliced[one] === 1)),
    second: second.map((node) => partOf(node, false)),
    leaves: leaves.length,
  };
}

function nothing(warning: Warning): Joins {
  return {
    spans: [],
    read: () => Promise.resolve(new Uint8Array(0)),
    warnings: () => [warning],
    wipe: () => {},
  };
}

function notJoined(why: string): Warning {
  const message = `strings in pieces cannot be joined (${why}): keys in them may be missed`;
  return { code: 'STRINGS_NOT_JOINED', message, incomplete: true };
}

function cut(): Warning {
  const message = 'the snapshot has more strings in pieces than are joined: keys in them may be missed';
  return { code: 'STRINGS_CUT', message, incomplete: true };
}
