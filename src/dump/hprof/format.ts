/**
 * Layouts of HPROF heap dumps, 1.0.1 and 1.0.2: from the comment at the head of the JDK's services/heapDumper.cpp, and
 * for Android's additions from art/runtime/hprof/hprof.cc. All numbers are big-endian.
 */

/** Text, NUL (1.0.3 is Android's); then the size of ids, and milliseconds since 1970. */
export const VERSIONS: ReadonlySet<string> = new Set([
  'JAVA PROFILE 1.0.1',
  'JAVA PROFILE 1.0.2',
  'JAVA PROFILE 1.0.3',
]);
/** More than any version's text takes. */
export const MAX_VERSION = 32;

/** Record: tag 1, microseconds 4, length of the body 4. */
export const RECORD = { size: 9, length: 5 } as const;

export const TAG = { utf8: 0x01, loadClass: 0x02, heapDump: 0x0c, heapSegment: 0x1c, heapEnd: 0x2c } as const;
/** UTF8, load and unload class, frames, traces, allocation sites, heap summary, threads, heap dumps, CPU samples, control. */
export const TAGS: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 0x1c, 0x2c]);

export const SUB = { classDump: 0x20, instance: 0x21, objectArray: 0x22, primitiveArray: 0x23, noData: 0xc3 } as const;

/** Sub-records that only name an object: how many ids, and how many bytes besides. */
export const ROOTS: Readonly<Record<number, { readonly ids: number; readonly bytes: number }>> = {
  255: { ids: 1, bytes: 0 },
  1: { ids: 2, bytes: 0 },
  2: { ids: 1, bytes: 8 },
  3: { ids: 1, bytes: 8 },
  4: { ids: 1, bytes: 4 },
  5: { ids: 1, bytes: 0 },
  6: { ids: 1, bytes: 4 },
  7: { ids: 1, bytes: 0 },
  8: { ids: 1, bytes: 8 },
  // Android: which heap follows, and its own roots.
  254: { ids: 1, bytes: 4 },
  137: { ids: 1, bytes: 0 },
  138: { ids: 1, bytes: 0 },
  139: { ids: 1, bytes: 0 },
  140: { ids: 1, bytes: 0 },
  141: { ids: 1, bytes: 0 },
  142: { ids: 1, bytes: 8 },
  144: { ids: 1, bytes: 0 },
};

export const OBJECT = 2;
/** Basic types with their sizes; an object's is that of an id. */
export const TYPES: Readonly<Record<number, { readonly name: string; readonly size: number }>> = {
  4: { name: 'boolean', size: 1 },
  5: { name: 'char', size: 2 },
  6: { name: 'float', size: 4 },
  7: { name: 'double', size: 8 },
  8: { name: 'byte', size: 1 },
  9: { name: 'short', size: 2 },
  10: { name: 'int', size: 4 },
  11: { name: 'long', size: 8 },
};
