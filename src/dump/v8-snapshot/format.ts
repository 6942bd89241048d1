/** The layout of V8's heap snapshots: one JSON object, from V8's src/profiler/heap-snapshot-generator.cc. */

/** What every snapshot begins with; the fields' names, and their number, differ between versions. */
export const BEGINNING = '{"snapshot":{"meta":{"node_fields":[';
/** Where the description of fields begins. */
export const META = '{"snapshot":{"meta":';
/** The arrays of numbers, and after others the strings. Quotes within strings are escaped: none can look like these. */
export const NODES = '"nodes":[';
export const EDGES = '"edges":[';
/** Strings come last: an array of all names and contents, each cut at 1,024 characters. */
export const STRINGS = '"strings":[';
export const END = ']}';

/** Counts that stand in the first part, behind the descriptions of fields. */
export const COUNTS: Readonly<Record<string, string>> = { node_count: 'nodes', edge_count: 'edges' };
/** The first part is some kilobytes. */
export const MAX_BEGINNING = 1 << 16;

/** Types of nodes: a string that is stored whole, one of two parts (ConsString), one that is a range of another. */
export const TYPES = { whole: 'string', concatenated: 'concatenated string', sliced: 'sliced string' } as const;
/** The type of the edges from a string to its parts. */
export const INTERNAL = 'internal';
/** Their names. Where a slice begins, and how long it is, no edge tells. */
export const PARTS = { first: 'first', second: 'second', parent: 'parent' } as const;
