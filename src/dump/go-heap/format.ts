/** Layout of Go's heap dumps (debug.WriteHeapDump): records of unsigned varints, from Go's runtime/heapdump.go. */

export const MAGIC = 'go1.7 heap dump\n';

/** What a record, or a field of one, consists of: numbers, or a length and as many bytes. */
export type Part = 'number' | 'bytes' | 'fields' | 'frames';

const numbers = (count: number): Part[] => new Array<Part>(count).fill('number');

export const TAG = { end: 0, object: 1, goroutine: 4, stackFrame: 5, params: 6, data: 12, bss: 13 } as const;

/** `fields` are pairs of a kind and an offset, up to kind 0; `frames` three parts for each, as many as the last number says. */
export const RECORDS: Readonly<Record<number, readonly Part[]>> = {
  1: ['number', 'bytes', 'fields'], // object
  2: ['bytes', 'number'], // other root
  3: ['number', 'number', 'bytes', 'number'], // type
  4: [...numbers(8), 'bytes', ...numbers(4)], // goroutine
  5: [...numbers(3), 'bytes', ...numbers(3), 'bytes', 'fields'], // stack frame
  6: [...numbers(4), 'bytes', 'bytes', 'number'], // parameters
  7: numbers(5), // finalizer
  8: numbers(2), // interface table
  9: numbers(3), // thread of the system
  10: numbers(24 + 256 + 1), // statistics
  11: numbers(5), // queued finalizer
  12: ['number', 'bytes', 'fields'], // data segment
  13: ['number', 'bytes', 'fields'], // bss segment
  14: numbers(7), // defer
  15: numbers(6), // panic
  16: [...numbers(3), 'frames', 'number', 'number'], // profile
  17: numbers(2), // sample
};
