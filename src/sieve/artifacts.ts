/** Finds the built worker and kernel, whether this runs in a bundle, from dist/, or from the sources as the tests do. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Rule } from '../detect/credentials/rule.js';

const root = path.dirname(createRequire(import.meta.url).resolve('dumpsieve/package.json'));

/** Their sources, in YAML. */
export const SHIPPED_RULES_PATH = path.join(root, 'rules');

export const WORKER_PATH = path.join(root, 'dist/bundle/worker.js');

/** The rules that come with dumpsieve, compiled from rules/ by the build, and a specimen of each for the self-test. */
export interface ShippedRules {
  readonly rules: readonly Rule[];
  /** The tags of the detector's anchors, in their order: `credentialAnchors`. */
  readonly tags: readonly string[];
  /** By rule: a text that it must find; in base64, so that the file holds nothing that looks like a token. */
  readonly specimens: ReadonlyArray<readonly [rule: string, text: string]>;
}

/** The sieve's tables for all detectors and the shipped rules (`encodeTables`). */
export function loadTables(): Uint8Array {
  return new Uint8Array(readFileSync(path.join(root, 'dist/sieve/tables.bin')));
}

export function loadShippedRules(): ShippedRules {
  return JSON.parse(readFileSync(path.join(root, 'dist/rules.json'), 'utf8')) as ShippedRules;
}

/** The SIMD kernel, compiled; undefined where this engine cannot run it. */
export function loadKernelModule(): WebAssembly.Module | undefined {
  const bytes = readFileSync(path.join(root, 'dist/sieve/kernel.wasm'));
  return WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : undefined;
}
