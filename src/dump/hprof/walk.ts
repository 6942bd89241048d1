/**
 * One pass over the records of an HPROF dump, object by object, in memory that does not depend on the dump: a record is
 * held only as far as someone looks at it.
 */

import { Cursor } from './cursor.js';
import { OBJECT, RECORD, ROOTS, SUB, TAG, TAGS, TYPES } from './format.js';
import type { HprofHeader } from './parse.js';

/** What the walk meets. Whatever is absent is passed over. Ids above 2^53, which no JVM has, are rounded. */
export interface Visitor {
  /** Set when nothing more is wanted. */
  done?: boolean;
  /** `bytes` are valid only during the call; at most 64 KiB of them. */
  name?(id: number, bytes: Uint8Array): void;
  loadedClass?(id: number, nameId: number): void;
  classDump?(id: number, superId: number, fields: readonly ClassField[]): void;
  staticReference?(classId: number, nameId: number, value: number): void;
  /** `at` is the offset of the object's first byte in the dump, `bytes` its fields as far as they are looked at. */
  instance?(id: number, classId: number, at: number, length: number, bytes: Uint8Array): void;
  /** Elements of an array of objects, maybe in several parts. */
  elements?(id: number, classId: number, bytes: Uint8Array): void;
  objectArray?(id: number, classId: number, at: number, length: number): void;
  primitiveArray?(id: number, type: number, count: number, at: number, length: number): void;
}

export interface ClassField {
  readonly nameId: number;
  readonly type: number;
}

/** Longer names, and fields of instances beyond this, are not looked at. */
const MAX_LOOK = 1 << 16;

/** Walks until the dump ends, the visitor has enough, or no record begins where one should. */
export async function walkHprof(
  dump: AsyncIterable<Uint8Array>,
  { start, idSize }: HprofHeader,
  visitor: Visitor,
): Promise<void> {
  const cursor = new Cursor(idSize);
  cursor.skip(start);
  const walk = records(cursor, visitor);
  let need = walk.next();
  for await (const chunk of dump) {
    cursor.append(chunk);
    while (!need.done && cursor.left >= need.value) need = walk.next();
    if (need.done) return;
    cursor.release();
  }
}

/** Yields how many bytes it needs next. A dump that ends first simply ends the walk. */
function* records(cursor: Cursor, visitor: Visitor): Generator<number, void> {
  const { idSize } = cursor;
  while (!visitor.done) {
    if (cursor.left < RECORD.size) yield RECORD.size;
    const tag = cursor.u8();
    if (!TAGS.has(tag)) return;
    cursor.skip(4);
    const end = cursor.u32() + cursor.offset;
    const length = end - cursor.offset;
    if (tag === TAG.heapDump || tag === TAG.heapSegment) yield* objects(cursor, end, visitor);
    else if (tag === TAG.utf8 && visitor.name && length >= idSize && length <= MAX_LOOK) {
      if (cursor.left < length) yield length;
      visitor.name(cursor.id(), cursor.take(length - idSize));
    } else if (tag === TAG.loadClass && visitor.loadedClass && length >= 8 + 2 * idSize) {
      if (cursor.left < 8 + 2 * idSize) yield 8 + 2 * idSize;
      cursor.skip(4);
      const id = cursor.id();
      cursor.skip(4);
      visitor.loadedClass(id, cursor.id());
    }
    // What a class declares may reach beyond its segment: then nothing tells where the next record begins.
    if (cursor.offset > end) return;
    cursor.skip(end - cursor.offset);
  }
}

/** The sub-records of a heap dump or segment; leaves the segment where one is not known or does not fit into it. */
function* objects(cursor: Cursor, end: number, visitor: Visitor): Generator<number, void> {
  const { idSize } = cursor;
  // The longest head of a sub-record: that of a class.
  const head = 1 + 7 * idSize + 8;
  while (cursor.offset < end && !visitor.done) {
    if (cursor.left < head) yield Math.min(head, end - cursor.offset);
    const tag = cursor.u8();
    const root = ROOTS[tag];
    if (root !== undefined) {
      cursor.skip(root.ids * idSize + root.bytes);
      continue;
    }
    if (end - cursor.offset < 2 * idSize + 8 && tag !== SUB.primitiveArray && tag !== SUB.noData) return;
    if (end - cursor.offset < idSize + 9) return;
    const id = cursor.id();
    cursor.skip(4);
    switch (tag) {
      case SUB.classDump:
        if (end - cursor.offset < 6 * idSize + 4) return;
        yield* classDump(cursor, id, visitor);
        break;
      case SUB.instance: {
        const classId = cursor.id();
        const length = cursor.u32();
        const [at, look] = [cursor.offset, Math.min(length, MAX_LOOK)];
        if (at + length > end) return;
        if (visitor.instance) {
          if (cursor.left < look) yield look;
          visitor.instance(id, classId, at, length, cursor.peek(look));
        }
        cursor.skip(length);
        break;
      }
      case SUB.objectArray: {
        const length = cursor.u32() * idSize;
        const classId = cursor.id();
        if (cursor.offset + length > end) return;
        visitor.objectArray?.(id, classId, cursor.offset, length);
        if (visitor.elements) yield* elements(cursor, id, classId, length, visitor);
        else cursor.skip(length);
        break;
      }
      case SUB.primitiveArray:
      case SUB.noData: {
        const count = cursor.u32();
        const type = cursor.u8();
        const length = tag === SUB.noData ? 0 : count * (TYPES[type]?.size ?? Number.NaN);
        // Not a number where the type is unknown.
        if (!(cursor.offset + length <= end)) return;
        visitor.primitiveArray?.(id, type, count, cursor.offset, length);
        cursor.skip(length);
        break;
      }
      default:
        return;
    }
  }
}

function* elements(
  cursor: Cursor,
  id: number,
  classId: number,
  length: number,
  visitor: Visitor,
): Generator<number, void> {
  for (let rest = length; rest > 0; ) {
    const part = Math.min(rest, MAX_LOOK);
    if (cursor.left < part) yield part;
    visitor.elements?.(id, classId, cursor.take(part));
    rest -= part;
  }
}

/** Super class, loader, signers, domain, two reserved, size; constants, static fields with values, names of fields. */
function* classDump(cursor: Cursor, id: number, visitor: Visitor): Generator<number, void> {
  const { idSize } = cursor;
  const superId = cursor.id();
  cursor.skip(5 * idSize + 4);
  // The longest entry: a name, its type and a value.
  const entry = idSize + 1 + 8;
  if (cursor.left < 2) yield 2;
  for (let constants = cursor.u16(); constants > 0; constants--) {
    if (cursor.left < 3) yield 3;
    cursor.skip(2);
    const size = sizeOf(cursor.u8(), idSize);
    if (size === undefined) return;
    cursor.skip(size);
  }
  if (cursor.left < 2) yield 2;
  for (let statics = cursor.u16(); statics > 0; statics--) {
    if (cursor.left < entry) yield idSize + 1;
    const nameId = cursor.id();
    const type = cursor.u8();
    const size = sizeOf(type, idSize);
    if (size === undefined) return;
    if (cursor.left < size) yield size;
    if (type === OBJECT) visitor.staticReference?.(id, nameId, cursor.id());
    else cursor.skip(size);
  }
  if (cursor.left < 2) yield 2;
  const fields: ClassField[] = [];
  for (let count = cursor.u16(); count > 0; count--) {
    if (cursor.left < idSize + 1) yield idSize + 1;
    fields.push({ nameId: cursor.id(), type: cursor.u8() });
  }
  visitor.classDump?.(id, superId, fields);
}

/** Undefined for types that there are not. */
export function sizeOf(type: number, idSize: number): number | undefined {
  return type === OBJECT ? idSize : TYPES[type]?.size;
}
