/** Bytes without a known format: one region without addresses. */
import type { DumpMap, Warning } from '../../types.js';

/** `size`: undefined while a stream is still being read. `format`: what was recognised, if anything. */
export function rawMap(size: number | undefined, format = 'raw', warnings: readonly Warning[] = []): DumpMap {
  // A stream's end is not known yet; a region that reaches too far does no harm.
  const length = size ?? Number.MAX_SAFE_INTEGER;
  return {
    format,
    facts: [],
    regions: length > 0 ? [{ offset: 0, length, kind: 'raw' }] : [],
    modules: [],
    threads: [],
    holes: [],
    declaredSize: size ?? 0,
    warnings,
  };
}
