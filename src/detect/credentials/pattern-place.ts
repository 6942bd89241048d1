/** Which characters a match may have at one place, counted from its beginning. */
import type { CharSet, Node } from './pattern.js';

/** A superset: what the pattern allows at that distance in any of its forms. */
export function charactersAt(node: Node, place: number): CharSet {
  const found = new Uint8Array(128);
  walk(node, new Set([0]), place, found);
  return found;
}

/** From where the node may begin to where it may end; none lies beyond `place`. */
function walk(node: Node, from: ReadonlySet<number>, place: number, found: CharSet): Set<number> {
  switch (node.kind) {
    case 'assertion':
      return new Set(from);
    case 'set':
      if (from.has(place)) for (let code = 0; code < 128; code++) if (node.set[code]) found[code] = 1;
      return new Set([...from].filter((at) => at < place).map((at) => at + 1));
    case 'sequence':
      return node.items.reduce((at, item) => walk(item, at, place, found), new Set(from));
    case 'either':
      return new Set(node.items.flatMap((item) => [...walk(item, from, place, found)]));
    case 'repeat': {
      const ends = new Set<number>();
      let at = new Set(from);
      for (let round = 0; round <= node.max && at.size > 0; round++) {
        if (round >= node.min) for (const end of at) ends.add(end);
        if (round > place + 1 || round === node.max) break;
        at = walk(node.item, at, place, found);
      }
      return ends;
    }
  }
}
