/** Finds the built worker and kernel, also when the sources are run in place (the tests do that). */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const builtSieve = new URL(import.meta.url.includes('/src/sieve/') ? '../../dist/sieve/' : './', import.meta.url);

export const WORKER_PATH = fileURLToPath(new URL('worker.js', builtSieve));

/** The SIMD kernel, compiled; undefined where this engine cannot run it. */
export function loadKernelModule(): WebAssembly.Module | undefined {
  const bytes = readFileSync(new URL('kernel.wasm', builtSieve));
  return WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : undefined;
}
