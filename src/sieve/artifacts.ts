/** Finds the built worker and kernel, whether this runs in a bundle, from dist/, or from the sources as the tests do. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = path.dirname(createRequire(import.meta.url).resolve('dumpsieve/package.json'));

export const WORKER_PATH = path.join(root, 'dist/bundle/worker.js');

/** The SIMD kernel, compiled; undefined where this engine cannot run it. */
export function loadKernelModule(): WebAssembly.Module | undefined {
  const bytes = readFileSync(path.join(root, 'dist/sieve/kernel.wasm'));
  return WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : undefined;
}
