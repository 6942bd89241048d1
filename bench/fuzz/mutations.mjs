/**
 * Damage: a copy of a file, changed, and a recipe that says how in numbers alone. `cut` is set where nothing but the end is
 * gone, `length` being what is left.
 */

/** What a field may say to confuse: nothing, everything, signs, and sizes about the file's own. */
const extremes = (size, at) => [
  0n,
  1n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x7fffffffffffffffn,
  0x8000000000000000n,
  0xffffffffffffffffn,
  0xfffffffffffff000n,
  BigInt(size),
  BigInt(size - at),
  BigInt(at),
  BigInt(size + 1),
];

/** Headers are where fields are: at the front, at the end, seldom elsewhere. */
function place(bytes, random) {
  const within = random.of([64, 512, 512, 4096, -64, -1024, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  const span = Math.min(Math.abs(within), bytes.length);
  return within < 0 ? bytes.length - 1 - random.below(span) : random.below(span);
}

const KINDS = {
  flip(bytes, random) {
    const at = place(bytes, random);
    bytes[at] ^= 1 << random.below(8);
    return [bytes, `bit of ${at}`];
  },
  byte(bytes, random) {
    const at = place(bytes, random);
    bytes[at] = random.of([0, 0xff, 0x7f, 0x80, random.below(256)]);
    return [bytes, `byte ${at} = ${bytes[at]}`];
  },
  field(bytes, random) {
    const size = random.of([2, 4, 4, 8]);
    // Fields lie at multiples of their size in most formats, and anywhere in some.
    const near = place(bytes, random);
    const at = Math.max(0, Math.min(bytes.length - size, random.below(4) > 0 ? near - (near % size) : near));
    if (bytes.length < size) return [bytes, 'nothing'];
    let value = random.of(extremes(bytes.length, at));
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, size);
    const littleEndian = random.below(4) > 0;
    const read = () => (size === 2 ? view.getUint16(0, littleEndian) : view.getUint32(0, littleEndian));
    if (random.below(5) === 0) value = BigInt(read()) + random.of([1n, -1n, 0x10000n]);
    for (let i = 0; i < size; i++)
      bytes[at + (littleEndian ? i : size - 1 - i)] = Number((value >> BigInt(8 * i)) & 0xffn);
    return [bytes, `${size} bytes at ${at} = ${value} ${littleEndian ? 'LE' : 'BE'}`];
  },
  block(bytes, random) {
    const at = place(bytes, random);
    const length = 1 + random.below(random.of([16, 512, 65536]));
    const fill = random.of([0, 0xff, 0x41]);
    bytes.fill(fill, at, at + length);
    return [bytes, `${length} bytes at ${at} filled with ${fill}`];
  },
  moved(bytes, random) {
    const [from, to] = [place(bytes, random), place(bytes, random)];
    const length = 1 + random.below(random.of([16, 512, 8192]));
    bytes.copyWithin(to, from, from + length);
    return [bytes, `${length} bytes of ${from} copied to ${to}`];
  },
  removed(bytes, random) {
    const at = place(bytes, random);
    const length = 1 + random.below(random.of([4, 512, 8192]));
    return [joined(bytes.subarray(0, at), bytes.subarray(at + length)), `${length} bytes at ${at} removed`];
  },
  inserted(bytes, random) {
    const [at, from] = [place(bytes, random), place(bytes, random)];
    const length = 1 + random.below(random.of([4, 512, 8192]));
    const part = bytes.subarray(from, from + length);
    return [joined(bytes.subarray(0, at), part, bytes.subarray(at)), `${part.length} bytes of ${from} put in at ${at}`];
  },
};

function joined(...parts) {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export function damage(original, random) {
  if (random.below(4) === 0) {
    const length =
      random.below(3) === 0 ? random.below(Math.min(4096, original.length)) : random.below(original.length);
    return { bytes: original.slice(0, length), cut: true, kind: 'truncated', recipe: `cut at ${length}` };
  }
  let bytes = original.slice();
  const recipe = [];
  const kind = random.of(['flip', 'byte', 'field', 'field', 'field', 'block', 'moved', 'removed', 'inserted']);
  for (let left = random.of([1, 1, 2, 4, 16]); left > 0 && bytes.length > 0; left--) {
    const [changed, words] = KINDS[kind](bytes, random);
    bytes = changed;
    recipe.push(words);
  }
  if (random.below(8) === 0 && bytes.length > 0) {
    const length = random.below(bytes.length);
    bytes = bytes.slice(0, length);
    recipe.push(`cut at ${length}`);
  }
  return { bytes, cut: false, kind, recipe: recipe.join(', ') };
}
