/**
 * `node bench/points.mjs` after `npm run build`: microseconds of processor time for a public point, by the kernel and by
 * node:crypto in turns, the best of ten rounds each; and what the first batch costs, with loading.
 */
import { createECDH, randomBytes } from 'node:crypto';
import { BATCH } from '../dist/relate/point-kernel.js';
import { publicPoints } from '../dist/relate/public-points.js';

const CURVES = {
  'P-256': ['prime256v1', 32],
  'P-384': ['secp384r1', 48],
  'P-521': ['secp521r1', 66],
  secp256k1: ['secp256k1', 32],
};
const ROUNDS = 10;

for (const [curve, [name, size]] of Object.entries(CURVES)) {
  const ecdh = createECDH(name);
  // Below the order: the highest bits are zeros.
  const scalars = Array.from({ length: 8 * BATCH }, () => Buffer.concat([Buffer.alloc(1), randomBytes(size - 1)]));
  if (curve === 'P-521') for (const scalar of scalars) scalar[1] = 0;
  const one = (scalar) => {
    ecdh.setPrivateKey(scalar);
    return ecdh.getPublicKey();
  };
  const first = timeOf(() => publicPoints(curve, scalars.slice(0, BATCH)));
  let [kernel, library] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS; round++) {
    kernel = Math.min(kernel, timeOf(() => publicPoints(curve, scalars)) / scalars.length);
    library = Math.min(library, timeOf(() => scalars.slice(0, BATCH).map(one)) / BATCH);
  }
  console.log(
    `${curve}: kernel ${kernel.toFixed(1)} µs, node:crypto ${library.toFixed(1)} µs, ` +
      `${(library / kernel).toFixed(1)} times; the first ${BATCH}: ${(first / 1000).toFixed(1)} ms`,
  );
}

function timeOf(work) {
  const before = process.cpuUsage().user;
  work();
  return process.cpuUsage().user - before;
}
