/** Many byte strings in many entries: `Buffer.indexOf`, one needle and one entry after the other, is the truth. */
import { describe, expect, it } from 'vitest';
import { findHeads, findNeedles, headOf, type Needle, standsAt } from '../../src/relate/needles.js';
import { KIND, type NumberEntry, NumberStore, ORDER } from '../../src/relate/number-store.js';
import { Random } from '../support/random.js';

/** Entries in one piece of memory, as the store has them, with bytes between them that are nobody's. */
function entriesOf(payloads: readonly Uint8Array[], between: Uint8Array = new Uint8Array(3)): NumberEntry[] {
  const memory = Uint8Array.from(Buffer.concat([between, ...payloads.flatMap((payload) => [payload, between])]));
  let start = between.length;
  return payloads.map((bytes, i) => {
    const entry = { kind: KIND.run, order: ORDER.little, offset: 1000 * i, lead: 0, length: bytes.length } as const;
    const own = { ...entry, memory, start, bytes };
    start += bytes.length + between.length;
    return own;
  });
}

/** Where the bytes stand. */
function placesOf(bytes: Uint8Array, form: Uint8Array): number[] {
  const haystack = Buffer.from(bytes);
  const places: number[] = [];
  for (let at = haystack.indexOf(form); at >= 0; at = haystack.indexOf(form, at + 1)) places.push(at);
  return places;
}

interface Hit {
  readonly entry: number;
  readonly at: number;
  readonly of: number;
}

const byPlace = (a: Hit, b: Hit) => a.entry - b.entry || a.at - b.at || a.of - b.of;

function truthOf(entries: readonly NumberEntry[], forms: readonly Uint8Array[]): Hit[] {
  return entries
    .flatMap(({ bytes }, entry) => forms.flatMap((form, of) => placesOf(bytes, form).map((at) => ({ entry, at, of }))))
    .sort(byPlace);
}

function foundIn(entries: readonly NumberEntry[], forms: readonly Uint8Array[]): Hit[] {
  const hits: Hit[] = [];
  const needles = forms.map((form, of): Needle<number> => ({ form, of }));
  findNeedles(entries, needles, (of, entry, at, needle) => {
    expect(needle).toBe(needles[of]);
    hits.push({ entry: entries.indexOf(entry), at, of });
  });
  // By entry and place already; only needles at the same place may come in any order.
  for (const [i, hit] of hits.entries()) {
    const before = hits[i - 1] ?? hit;
    expect(before.entry < hit.entry || (before.entry === hit.entry && before.at <= hit.at)).toBe(true);
  }
  return hits.sort(byPlace);
}

function headsIn(entries: readonly NumberEntry[], heads: readonly number[], count = heads.length): Hit[] {
  const hits: Hit[] = [];
  findHeads(entries, Int32Array.from(heads), count, (of, entry, at) => {
    hits.push({ entry: entries.indexOf(entry), at, of });
  });
  return hits.sort(byPlace);
}

const text = (value: string) => Uint8Array.from(Buffer.from(value, 'latin1'));

describe('needles', () => {
  it('are found where they were planted in random bytes, and nowhere else', () => {
    const random = new Random(109);
    let total = 0;
    for (let round = 0; round < 30; round++) {
      const forms = Array.from({ length: 1 + random.below(300) }, () => random.bytes(4 + random.below(70)));
      const payloads = Array.from({ length: 1 + random.below(40) }, () => random.bytes(random.below(400)));
      for (let i = 0; i < 100; i++) {
        const payload = random.pick(payloads);
        const form = random.pick(forms);
        if (payload.length < form.length) continue;
        // At the first and the last byte, too.
        const last = payload.length - form.length;
        payload.set(form, random.pick([0, last, random.below(last + 1)]));
      }
      const entries = entriesOf(payloads, random.bytes(random.below(9)));
      const truth = truthOf(entries, forms);
      total += truth.length;
      expect(foundIn(entries, forms)).toEqual(truth);
    }
    expect(total).toBeGreaterThan(1000);
  });

  it('are found among bytes of which there are two values only, overlapping each other and themselves', () => {
    const random = new Random(113);
    const bits = (length: number) => random.bytes(length).map((byte) => byte & 1);
    const entries = entriesOf(Array.from({ length: 20 }, () => bits(200)));
    const forms = Array.from({ length: 60 }, () => bits(4 + random.below(9)));
    const truth = truthOf(entries, forms);
    expect(truth.length).toBeGreaterThan(2000);
    expect(foundIn(entries, forms)).toEqual(truth);
  });

  it('are found at the first and at the last byte of an entry, and where they are all of it', () => {
    const entries = entriesOf(['needle....', '....needle', 'needle', '.needle.'].map(text));
    expect(foundIn(entries, [text('needle')]).map(({ entry, at }) => [entry, at])).toEqual([
      [0, 0],
      [1, 4],
      [2, 0],
      [3, 1],
    ]);
  });

  it('that begin alike are each found, also one that begins another, and the same one twice', () => {
    const forms = ['headA', 'headB', 'head', 'headAA', 'headA'].map(text);
    const entries = entriesOf(['..headAA..headB', 'head', 'headC'].map(text));
    const at = (entry: number, place: number, of: number[]) => of.map((each) => ({ entry, at: place, of: each }));
    expect(foundIn(entries, forms)).toEqual([
      ...at(0, 2, [0, 2, 3, 4]),
      ...at(0, 10, [1, 2]),
      ...at(1, 0, [2]),
      ...at(2, 0, [2]),
    ]);
  });

  it('that reach over the end of an entry are not there, even where the memory goes on with them', () => {
    const payloads = ['....need', 'needle', 'need'].map(text);
    expect(foundIn(entriesOf(payloads, text('le')), [text('needle')])).toEqual([{ entry: 1, at: 0, of: 0 }]);
    const [first, second] = entriesOf(['....need', 'le..needle'].map(text), new Uint8Array(0));
    expect(Buffer.from((first as NumberEntry).memory).toString('latin1')).toBe('....needle..needle');
    expect(foundIn([first as NumberEntry, second as NumberEntry], [text('needle')])).toEqual([
      { entry: 1, at: 4, of: 0 },
    ]);
  });

  it('that begin before an entry are not there, even where the memory before begins them', () => {
    expect(foundIn(entriesOf(['dle!', 'eedle'].map(text), text('nee')), [text('needle'), text('eedle')])).toEqual([
      { entry: 1, at: 0, of: 1 },
    ]);
  });

  it('are none in entries of less than four bytes', () => {
    const payloads = ['', 'n', 'ne', 'nee', 'need'].map(text);
    expect(foundIn(entriesOf(payloads, text('need')), [text('need')])).toEqual([{ entry: 4, at: 0, of: 0 }]);
    expect(foundIn(entriesOf(payloads.slice(0, 4), text('need')), [text('need')])).toEqual([]);
  });

  it('are none where none are looked for, or nothing is looked at', () => {
    expect(foundIn(entriesOf([text('needle')]), [])).toEqual([]);
    expect(foundIn([], [text('needle')])).toEqual([]);
  });

  it('of zeros and of ones are found, too', () => {
    const forms = [
      new Uint8Array(5),
      new Uint8Array(4).fill(0xff),
      Uint8Array.of(0x80, 0, 0, 0),
      Uint8Array.of(0, 0, 0, 0x80),
    ];
    const entries = entriesOf([
      new Uint8Array(12),
      new Uint8Array(9).fill(0xff),
      Uint8Array.of(0, 0, 0, 0x80, 0, 0, 0),
    ]);
    expect(foundIn(entries, forms)).toEqual(truthOf(entries, forms));
    expect(foundIn(entries, forms)).toHaveLength(8 + 6 + 2);
  });

  it('are found in entries of a store, by their places in the payload', () => {
    const store = NumberStore.create(4096);
    store.add(KIND.run, ORDER.little, 90, text('..........needle'), 8);
    store.add(KIND.factor, ORDER.big, 20, text('needle.'));
    const places: number[][] = [];
    findNeedles(store.entries(), [{ form: text('needle'), of: 7 }], (of, { offset }, at) => {
      places.push([of, offset, at]);
    });
    expect(places).toEqual([
      [7, 20, 0],
      [7, 90, 10],
    ]);
  });
});

describe('heads', () => {
  const random = new Random(127);
  const forms = Array.from({ length: 2000 }, () => random.bytes(4));
  // Most significant byte first.
  const heads = forms.map((form) => new DataView(form.buffer).getInt32(0));

  it('are the first four bytes from a place on', () => {
    expect(forms.map((form) => headOf(form))).toEqual(heads);
    expect(forms.map((form) => headOf(Buffer.concat([Buffer.alloc(5, 0xee), form]), 5))).toEqual(heads);
  });

  it.each([1, 2, 3, 255, 256, 257, 2000])('are found at each place, %i of them, and no others', (count) => {
    const payloads = Array.from({ length: 30 }, () => random.bytes(4 + random.below(500)));
    for (const payload of payloads) {
      for (let i = 0; i < 40; i++) payload.set(random.pick(forms), random.below(payload.length - 3));
    }
    (payloads[0] as Uint8Array).set(forms[0] as Uint8Array);
    const entries = entriesOf(payloads, random.bytes(5));
    expect(headsIn(entries, heads, count)).toEqual(truthOf(entries, forms.slice(0, count)));
  });

  it('that are the same are told for each index', () => {
    const entries = entriesOf(['headhead', 'tail'].map(text));
    const head = Buffer.from('head').readInt32BE();
    const hit = (at: number) => [0, 1, 3].map((of) => ({ entry: 0, at, of }));
    expect(headsIn(entries, [head, head, Buffer.from('tail').readInt32BE() + 1, head])).toEqual([...hit(0), ...hit(4)]);
  });

  it('of a hundred thousand are found', () => {
    const many = Array.from({ length: 100_000 }, () => random.bytes(4));
    const indexes = new Map<string, number[]>();
    for (const [i, form] of many.entries()) {
      const key = Buffer.from(form).toString('hex');
      indexes.set(key, [...(indexes.get(key) ?? []), i]);
    }
    const payloads = Array.from({ length: 10 }, () => random.bytes(20_000));
    for (const payload of payloads) {
      for (let i = 0; i < 1000; i++) payload.set(random.pick(many), random.below(payload.length - 3));
    }
    const truth = payloads.flatMap((payload, entry) =>
      Array.from({ length: payload.length - 3 }, (_, at) => {
        const key = Buffer.from(payload.subarray(at, at + 4)).toString('hex');
        return (indexes.get(key) ?? []).map((of): Hit => ({ entry, at, of }));
      }).flat(),
    );
    expect(truth.length).toBeGreaterThan(8000);
    const all = many.map((form) => new DataView(form.buffer).getInt32(0));
    expect(headsIn(entriesOf(payloads), all)).toEqual(truth.sort(byPlace));
  });
});

describe('whether bytes stand at a place', () => {
  it('is told of the entry alone', () => {
    const [entry] = entriesOf([text('needle')], text('needle')) as [NumberEntry];
    expect(standsAt(text('needle'), entry, 0)).toBe(true);
    expect(standsAt(text('dle'), entry, 3)).toBe(true);
    expect(standsAt(text('dlx'), entry, 3)).toBe(false);
    expect(standsAt(text('xle'), entry, 3)).toBe(false);
    expect(standsAt(text('dlen'), entry, 3)).toBe(false);
    expect(standsAt(text('needlen'), entry, 0)).toBe(false);
  });
});
