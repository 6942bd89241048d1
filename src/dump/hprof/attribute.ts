/**
 * Which object of a Java heap holds a byte, and what refers to that object: `int[64] of java.math.BigInteger.mag of
 * sun.security.rsa.RSAPrivateCrtKeyImpl.d`. The dump is read once to find the objects, once for each step towards what
 * holds them, and its beginning for the names: memory depends on the findings and the classes, not on the heap.
 */
import type { Attribution } from '../../types.js';
import { TYPES } from './format.js';
import { Names } from './names.js';
import type { HprofHeader } from './parse.js';
import { type Holder, References } from './references.js';
import { walkHprof } from './walk.js';

/** Steps from an array towards the roots: an array, a BigInteger or String, the key or the field that has it. */
const STEPS = 2;

/** An object in which some finding lies. */
interface Found {
  readonly id: number;
  readonly offset: number;
  /** Of an array of basic values: what its elements are, and how many. */
  readonly array?: { readonly type: number; readonly count: number };
  /** Of an instance, or an array of objects. */
  readonly classId?: number;
}

/** `dump` gives the bytes anew each time it is iterated; where it does not, objects are told without what holds them. */
export async function attributeObjects(
  dump: AsyncIterable<Uint8Array>,
  offsets: readonly number[],
  header: HprofHeader,
): Promise<ReadonlyMap<number, Attribution>> {
  const names = new Names();
  const found = await findObjects(dump, offsets, header, names);
  /** What refers to an object, by its id. */
  const holders = new Map<number, Holder>();
  let wanted = new Set(found.map(({ id }) => id));
  for (let step = 0; step < STEPS && wanted.size > 0; step++) {
    const references = new References(wanted, header.idSize, names);
    await walkHprof(dump, header, references);
    const fresh = references.holders();
    wanted = new Set();
    for (const [id, holder] of fresh) {
      holders.set(id, holder);
      if (holder.id !== undefined && !holders.has(holder.id) && !fresh.has(holder.id)) wanted.add(holder.id);
    }
  }
  for (const { classId } of found) names.wantClass(classId);
  for (const { classId, fieldId } of holders.values()) {
    names.wantClass(classId);
    names.want(fieldId);
  }
  if (names.wanted) await walkHprof(dump, header, names);
  const attributions = new Map<number, Attribution>();
  for (const one of found) {
    const object = describe(one, holders, names);
    if (object !== undefined) attributions.set(one.offset, { object });
  }
  return attributions;
}

/** `offsets` ascend, and so do the objects of a dump. */
async function findObjects(
  dump: AsyncIterable<Uint8Array>,
  offsets: readonly number[],
  header: HprofHeader,
  names: Names,
): Promise<Found[]> {
  const found: Found[] = [];
  let next = 0;
  const visitor = {
    done: offsets.length === 0,
    loadedClass: (id: number, nameId: number) => names.loadedClass(id, nameId),
    primitiveArray: (id: number, type: number, count: number, at: number, length: number) =>
      claim(at, length, { id, array: { type, count } }),
    objectArray: (id: number, classId: number, at: number, length: number) => claim(at, length, { id, classId }),
    instance: (id: number, classId: number, at: number, length: number) => claim(at, length, { id, classId }),
  };
  function claim(at: number, length: number, object: Omit<Found, 'offset'>): void {
    for (; next < offsets.length && (offsets[next] as number) < at + length; next++) {
      const offset = offsets[next] as number;
      // What lies before stands in no object: a name, or the head of a record.
      if (offset >= at) found.push({ ...object, offset });
    }
    visitor.done = next >= offsets.length;
  }
  await walkHprof(dump, header, visitor);
  return found;
}

/** Undefined where nothing is known but that there is an object. */
function describe(
  { id, array, classId }: Found,
  holders: ReadonlyMap<number, Holder>,
  names: Names,
): string | undefined {
  const own = array === undefined ? names.ofClass(classId) : `${TYPES[array.type]?.name}[${array.count}]`;
  const words = own === undefined ? [] : [own];
  let object: number | undefined = id;
  for (let step = 0; step < STEPS && object !== undefined; step++) {
    const holder = holders.get(object);
    if (holder === undefined) break;
    const type = names.ofClass(holder.classId);
    const field = names.of(holder.fieldId);
    if (type !== undefined) words.push(field === undefined ? type : `${type}.${field}`);
    object = holder.id;
  }
  return words.length > 0 ? words.join(' of ') : undefined;
}
