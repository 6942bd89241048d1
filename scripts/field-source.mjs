/**
 * Writes the arithmetic of a prime field for the kernel of public points (src/relate/kernel) as AssemblyScript without
 * loops: limbs are local variables.
 *
 * A number is `limbs` signed limbs of `radix` bits, 32 bits each in memory, least significant first, in Montgomery form
 * (P. Montgomery, Modular multiplication without trial division, 1985; Hankerson et al., Guide to Elliptic Curve
 * Cryptography, section 2.2.4). There is room in 64 bits for the sum of all products of a column, so that carries are
 * taken once for each column; the primes are sums of few powers of two (FIPS 186-4 appendix D.1.2, SEC 2 version 2, RFC
 * 7748), so that a reduction is shifts and additions.
 *
 * What `multiply`, `square` and `settle` write is a value that exceeds [0, p) by less than p/2^24, each limb within
 * 2^radix and a little more. They take such values, their differences, and what else has no limb beyond twice that.
 */

/** The fields by curve. `terms`: [exponent, coefficient] of the prime, highest first. */
export const FIELDS = {
  'P-256': {
    bits: 256,
    size: 32,
    radix: 29,
    limbs: 9,
    terms: [
      [256, 1],
      [224, -1],
      [192, 1],
      [96, 1],
      [0, -1],
    ],
  },
  'P-384': {
    bits: 384,
    size: 48,
    radix: 28,
    limbs: 14,
    terms: [
      [384, 1],
      [128, -1],
      [96, -1],
      [32, 1],
      [0, -1],
    ],
  },
  'P-521': {
    bits: 521,
    size: 66,
    radix: 29,
    limbs: 18,
    terms: [
      [521, 1],
      [0, -1],
    ],
  },
  secp256k1: {
    bits: 256,
    size: 32,
    radix: 29,
    limbs: 9,
    terms: [
      [256, 1],
      [32, -1],
      [0, -977],
    ],
  },
  Curve25519: {
    bits: 255,
    size: 32,
    radix: 29,
    limbs: 9,
    isMontgomeryCurve: true,
    terms: [
      [255, 1],
      [0, -19],
    ],
  },
};

/** The text of the module `field` of the kernel. */
export function fieldSource(field) {
  const { bits, size, radix, limbs, isMontgomeryCurve = false } = field;
  return [
    `export const BITS: u32 = ${bits};`,
    `export const SIZE: usize = ${size};`,
    `export const RADIX: u32 = ${radix};`,
    `export const LIMBS: usize = ${limbs};`,
    '/** Whether x is to be given as on the Montgomery curve that the Weierstrass curve was made of. */',
    `export const MONTGOMERY_CURVE: bool = ${isMontgomeryCurve};`,
    product(field, 'multiply', ['a', 'b'], (k) => pairs(limbs, k).map(([i, j]) => `a${i} * b${j}`)),
    product(field, 'square', ['a'], (k) => {
      const twice = pairs(limbs, k)
        .filter(([i, j]) => i < j)
        .map(([i, j]) => `a${i} * a${j}`);
      const once = k % 2 === 0 && k / 2 < limbs ? [`a${k / 2} * a${k / 2}`] : [];
      return twice.length > 0 ? [`((${twice.join(' + ')}) << 1)`, ...once] : once;
    }),
    '/** a - b, limb by limb, with no carries. */',
    each(limbs, 'subtract', ['a', 'b'], (at) => `load<i32>(a, ${at}) - load<i32>(b, ${at})`),
    '/** a + b, limb by limb, with no carries. */',
    each(limbs, 'add', ['a', 'b'], (at) => `load<i32>(a, ${at}) + load<i32>(b, ${at})`),
    each(limbs, 'copy', ['a'], (at) => `load<i32>(a, ${at})`),
    settle(field),
  ].join('\n');
}

const range = (n) => Array.from({ length: n }, (_, i) => i);

/** Limbs whose product belongs to column k. */
function pairs(limbs, k) {
  return range(limbs)
    .map((i) => [i, k - i])
    .filter(([, j]) => j >= 0 && j < limbs);
}

function each(limbs, name, inputs, value) {
  const parameters = ['out', ...inputs].map((input) => `${input}: usize`).join(', ');
  const lines = range(limbs).map((i) => `  store<i32>(out, ${value(4 * i)}, ${4 * i});`);
  return `export function ${name}(${parameters}): void {\n${lines.join('\n')}\n}`;
}

/** Columns of products; each of the lower ones is made divisible by 2^radix by adding a multiple of p. */
function product({ bits, radix, limbs, terms }, name, inputs, products) {
  const mask = 2 ** radix - 1;
  const low = terms.at(-1)[1];
  const lines = inputs.flatMap((input) =>
    range(limbs).map((i) => `  const ${input}${i} = <i64>load<i32>(${input}, ${4 * i});`),
  );
  const column = (k) =>
    [
      ...(k > 0 ? ['carry'] : []),
      ...products(k),
      ...terms.slice(0, -1).flatMap(([exponent, sign]) => {
        const i = k - Math.floor(exponent / radix);
        return i >= 0 && i < limbs ? [`${sign < 0 ? '-' : ''}(m${i} << ${exponent % radix})`] : [];
      }),
    ]
      .join(' + ')
      .replaceAll('+ -', '- ');
  const inverse = negativeInverse(low, radix);
  lines.push('  let t: i64 = 0;', '  let carry: i64 = 0;');
  for (const k of range(limbs)) {
    lines.push(`  t = ${column(k)};`);
    lines.push(`  const m${k} = ${inverse === 1 ? 't' : `t * ${inverse}`} & ${mask};`);
    lines.push(
      `  carry = (t ${low < 0 ? '-' : '+'} ${Math.abs(low) === 1 ? '' : `${Math.abs(low)} * `}m${k}) >> ${radix};`,
    );
  }
  for (const k of range(limbs)) {
    lines.push(`  t = ${column(limbs + k)};`);
    lines.push(...(k < limbs - 1 ? [`  let r${k} = t & ${mask};`, `  carry = t >> ${radix};`] : [`  let r${k} = t;`]));
  }
  const parameters = ['out', ...inputs].map((input) => `${input}: usize`).join(', ');
  return `export function ${name}(${parameters}): void {\n${[...lines, ...fold({ bits, radix, limbs, terms })].join('\n')}\n}`;
}

/** Takes what is above the highest power of two off: 2^bits is what the other terms say. */
function fold({ bits, radix, limbs, terms }) {
  const shift = bits - radix * (limbs - 1);
  const top = `r${limbs - 1}`;
  return [
    `  const over = ${top} >> ${shift};`,
    `  ${top} &= ${2 ** shift - 1};`,
    ...terms.slice(1).map(([exponent, factor]) => {
      const by = `${Math.abs(factor) === 1 ? 'over' : `over * ${Math.abs(factor)}`} << ${exponent % radix}`;
      return `  r${Math.floor(exponent / radix)} ${factor < 0 ? '+' : '-'}= (${by});`;
    }),
    ...range(limbs).map((i) => `  store<i32>(out, <i32>r${i}, ${4 * i});`),
  ];
}

function settle({ bits, radix, limbs, terms }) {
  const lines = range(limbs).flatMap((i) => [
    `  t ${i === 0 ? '' : '+'}= <i64>load<i32>(out, ${4 * i});`,
    ...(i < limbs - 1 ? [`  let r${i} = t & ${2 ** radix - 1};`, `  t >>= ${radix};`] : [`  let r${i} = t;`]),
  ]);
  const body = ['  let t: i64 = 0;', ...lines, ...fold({ bits, radix, limbs, terms })];
  return `/** Takes carries, and what exceeds p. */\nexport function settle(out: usize): void {\n${body.join('\n')}\n}`;
}

/** -1/p modulo 2^radix, where p is its lowest term: the others are multiples of 2^radix. */
function negativeInverse(low, radix) {
  const modulus = 1n << BigInt(radix);
  let inverse = 1n;
  for (let i = 0; i < 6; i++) inverse = (inverse * (2n - BigInt(low) * inverse)) & (modulus - 1n);
  return Number((modulus - inverse) % modulus);
}
