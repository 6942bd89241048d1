/** Finds the built worker, kernels and tables, whether this runs in a bundle, from dist/, or from the sources as the tests do. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = path.dirname(createRequire(import.meta.url).resolve('dumpsieve/package.json'));

export const WORKER_PATH = path.join(root, 'dist/bundle/worker.js');

/** The rules of credentials that come with dumpsieve, in YAML. */
export const SHIPPED_RULES_PATH = path.join(root, 'rules');

/** The same as the build made them: `ShippedRules` of detect/credentials. */
export function loadRules(): unknown {
  return JSON.parse(readFileSync(path.join(root, 'dist/rules.json'), 'utf8'));
}

/**
 * Tables of the sieve with all anchors, or with those of keys alone. Undefined where the build knew other anchors of keys
 * than have this digest (sieve/tables.ts): tables are then made anew, which takes as long as a small scan.
 */
export function loadTables(name: 'tables.bin' | 'tables-keys.bin', digest: string): Uint8Array | undefined {
  const file = path.join(root, 'dist/sieve', name);
  if (!existsSync(file)) return undefined;
  const bytes = readFileSync(file);
  return bytes.toString('latin1', 0, digest.length) === digest ? bytes.subarray(digest.length) : undefined;
}

/** The SIMD kernel, compiled; undefined where this engine cannot run it. */
export function loadKernelModule(): WebAssembly.Module | undefined {
  return compile(readFileSync(path.join(root, 'dist/sieve/kernel.wasm')));
}

/** The kernel of public points of a curve (`KernelCurve` of relate/point-kernel.ts), its table, and the digest of both. */
export interface BuiltPoints {
  readonly module: Uint8Array;
  readonly table: Uint8Array;
  readonly digest: Uint8Array;
}

/** Undefined where it was not built. */
export function loadPoints(curve: string): BuiltPoints | undefined {
  const [module, table] = [fileOf(curve, 'wasm'), fileOf(curve, 'bin')];
  if (!existsSync(module) || !existsSync(table)) return undefined;
  const bytes = readFileSync(table);
  return { module: readFileSync(module), table: bytes.subarray(DIGEST), digest: bytes.subarray(0, DIGEST) };
}

function fileOf(curve: string, extension: string): string {
  return path.join(root, `dist/relate/points-${curve}.${extension}`);
}

/** Bytes of SHA-256, in front of the table. */
const DIGEST = 32;

/** Undefined where this engine cannot run it. */
export function compile(module: Uint8Array): WebAssembly.Module | undefined {
  return WebAssembly.validate(module) ? new WebAssembly.Module(module) : undefined;
}
