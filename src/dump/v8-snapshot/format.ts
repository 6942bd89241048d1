/** The layout of V8's heap snapshots: one JSON object, from V8's src/profiler/heap-snapshot-generator.cc. */

/** What every snapshot begins with; the fields' names, and their number, differ between versions. */
export const BEGINNING = '{"snapshot":{"meta":{"node_fields":[';
/** Strings come last: an array of all names and contents, each cut at 1,024 characters. */
export const STRINGS = '"strings":[';
export const END = ']}';

/** Counts that stand in the first part, behind the descriptions of fields. */
export const COUNTS: Readonly<Record<string, string>> = { node_count: 'nodes', edge_count: 'edges' };
/** The first part is some kilobytes. */
export const MAX_BEGINNING = 1 << 16;
