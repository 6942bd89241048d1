/** A heap snapshot in V8's manner, with fields in another order than V8's, so that only its own description tells them. */

export interface BuiltNode {
  readonly type: string;
  /** Its text or name. */
  readonly name: string;
  /** Type, name and target's number among the nodes. */
  readonly edges?: ReadonlyArray<readonly [type: string, name: string, to: number]>;
}

export const TYPES = ['hidden', 'sliced string', 'object', 'concatenated string', 'string'];
const EDGE_TYPES = ['context', 'property', 'internal'];

export const text = (name: string): BuiltNode => ({ type: 'string', name });
export const rope = (first: number, second: number): BuiltNode => ({
  type: 'concatenated string',
  name: '(concatenated string)',
  edges: [
    ['internal', 'first', first],
    ['internal', 'second', second],
    ['internal', 'map', 0],
  ],
});
export const slice = (parent: number): BuiltNode => ({
  type: 'sliced string',
  name: '(sliced string)',
  edges: [['internal', 'parent', parent]],
});

/** `counts`: other numbers of edges than the nodes have. */
export function buildSnapshot(nodes: readonly BuiltNode[], counts: ReadonlyMap<number, number> = new Map()): Buffer {
  const strings: string[] = ['<dummy>'];
  const known = new Map<string, number>();
  const idOf = (name: string): number => {
    const id = known.get(name) ?? strings.push(name) - 1;
    known.set(name, id);
    return id;
  };
  const meta = {
    node_fields: ['edge_count', 'id', 'name', 'detachedness', 'type'],
    node_types: [TYPES, 'number'],
    edge_fields: ['to_node', 'type', 'name_or_index'],
    edge_types: [EDGE_TYPES, 'string_or_number', 'node'],
  };
  const flatNodes = nodes.flatMap(({ type, name, edges = [] }, index) => [
    counts.get(index) ?? edges.length,
    2 * index + 1,
    idOf(name),
    0,
    TYPES.indexOf(type),
  ]);
  const flatEdges = nodes.flatMap(({ edges = [] }) =>
    edges.flatMap(([type, name, to]) => [to * meta.node_fields.length, EDGE_TYPES.indexOf(type), idOf(name)]),
  );
  const snapshot = { meta, node_count: nodes.length, edge_count: flatEdges.length / 3 };
  return Buffer.from(JSON.stringify({ snapshot, nodes: flatNodes, edges: flatEdges, strings }));
}
