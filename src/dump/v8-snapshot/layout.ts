/** Which number of a node or an edge is which, as the snapshot's own description of its fields has it. */
import { INTERNAL, META, TYPES } from './format.js';

export interface Layout {
  /** Numbers of one node, and the indexes of three of them. */
  readonly node: { readonly width: number; readonly type: number; readonly name: number; readonly edgeCount: number };
  readonly edge: { readonly width: number; readonly type: number; readonly name: number; readonly to: number };
  /** What stands for each type of node. */
  readonly types: Readonly<Record<keyof typeof TYPES, number>>;
  /** What stands for the type of edges between strings. */
  readonly internal: number;
}

/** V8 has seven fields and sixteen types. */
const MAX_NAMES = 256;

/** `head`: the beginning of the snapshot. Undefined where the description is cut, damaged, or lacks what is needed. */
export function readLayout(head: string): Layout | undefined {
  const meta = readMeta(head);
  const [nodes, edges] = [namesOf(meta?.node_fields), namesOf(meta?.edge_fields)];
  const types = namesOf(firstOf(meta?.node_types));
  const layout: Layout = {
    node: {
      width: nodes.length,
      type: nodes.indexOf('type'),
      name: nodes.indexOf('name'),
      edgeCount: nodes.indexOf('edge_count'),
    },
    edge: {
      width: edges.length,
      type: edges.indexOf('type'),
      name: edges.indexOf('name_or_index'),
      to: edges.indexOf('to_node'),
    },
    types: {
      whole: types.indexOf(TYPES.whole),
      concatenated: types.indexOf(TYPES.concatenated),
      sliced: types.indexOf(TYPES.sliced),
    },
    internal: namesOf(firstOf(meta?.edge_types)).indexOf(INTERNAL),
  };
  const needed = [...Object.values(layout.node), ...Object.values(layout.edge), layout.internal];
  // Slices were told apart from other strings later than concatenations.
  return [...needed, layout.types.whole, layout.types.concatenated].some((index) => index < 0) ? undefined : layout;
}

function readMeta(head: string): Record<string, unknown> | undefined {
  if (!head.startsWith(META)) return undefined;
  let depth = 0;
  for (let at = META.length; at < head.length; at++) {
    const code = head.charCodeAt(at);
    if (code === 0x7b) depth++;
    if (code === 0x7d && --depth === 0) return parse(head.slice(META.length, at + 1));
  }
  return undefined;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined;
}

function namesOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) && value.length <= MAX_NAMES ? value : [];
}
