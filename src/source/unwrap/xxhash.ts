/** The checksums of zstd and lz4. Made when first needed, and then kept: it is a WebAssembly module. */
import xxhash, { type XXHashAPI } from 'xxhash-wasm';

let api: Promise<XXHashAPI> | undefined;

export function xxhashes(): Promise<XXHashAPI> {
  api ??= xxhash();
  return api;
}
