/** Finds the built worker, kernels and tables, whether this runs in a bundle, from dist/, or from the sources as the tests do. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { EcCurve } from './types.js';

const root = path.dirname(createRequire(import.meta.url).resolve('dumpsieve/package.json'));

export const WORKER_PATH = path.join(root, 'dist/bundle/worker.js');

/** The built tables of anchors with this digest (tables.ts), undefined where the build knew others: choosing them takes long. */
export function loadTables(digest: string): Uint8Array | undefined {
  const file = path.join(root, 'dist/sieve/tables.bin');
  if (!existsSync(file)) return undefined;
  const bytes = readFileSync(file);
  return bytes.toString('latin1', 0, digest.length) === digest ? bytes.subarray(digest.length) : undefined;
}

/** The SIMD kernel, compiled; undefined where this engine cannot run it. */
export function loadKernelModule(): WebAssembly.Module | undefined {
  const bytes = readFileSync(path.join(root, 'dist/sieve/kernel.wasm'));
  return WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : undefined;
}

/** The kernel of public points of a curve, compiled; undefined where it was not built, or this engine cannot run it. */
export function loadPointsModule(curve: EcCurve): WebAssembly.Module | undefined {
  const file = path.join(root, `dist/relate/points-${curve}.wasm`);
  if (!existsSync(file)) return undefined;
  const bytes = readFileSync(file);
  return WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : undefined;
}
