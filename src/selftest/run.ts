/**
 * The self-test of every run: one specimen of every rule goes through the same workers, kernel and detectors as the
 * dump. A scanner that has gone blind must not call anything clean.
 */
import { DumpsieveError } from '../errors.js';
import type { SievePool } from '../sieve/pool.js';
import { windowBytes } from '../sieve/slot.js';
import type { Detection } from '../types.js';
import { type Specimen, specimens } from './specimens.js';

/** Bytes between specimens, so that none can lean on its neighbour. */
const GAP = 64;

export interface SelfTest {
  readonly planted: number;
  readonly found: number;
}

/** Runs the specimens once on each worker. Throws SELF_TEST when any of them misses one. */
export async function runSelfTest(pool: SievePool): Promise<SelfTest> {
  const all = specimens();
  const runs = await Promise.all(Array.from({ length: pool.workers }, () => runOnce(pool, all)));
  const missed = runs.flatMap((run) => run.missed);
  if (missed.length > 0) {
    throw new DumpsieveError(
      'SELF_TEST',
      `self-test failed, planted and not found: ${[...new Set(missed)].join(', ')}`,
    );
  }
  return { planted: all.length, found: all.length };
}

async function runOnce(pool: SievePool, all: readonly Specimen[]): Promise<{ missed: string[] }> {
  const slot = await pool.acquire();
  const length = all.reduce((sum, { bytes }) => sum + bytes.length + GAP, GAP);
  const window = windowBytes(slot, length);
  window.fill(0);
  let at = GAP;
  const expected = all.map((specimen) => {
    const offset = at;
    window.set(specimen.bytes, offset);
    at += specimen.bytes.length + GAP;
    return { specimen, offset };
  });
  const { detections } = await pool.scan({ slot, pieces: [{ offset: 0, length }], from: 0, to: length });
  const missed = expected.filter(({ specimen, offset }) => !detections.some((d) => shows(d, specimen, offset)));
  return { missed: missed.map(({ specimen }) => specimen.rule) };
}

function shows(detection: Detection, specimen: Specimen, offset: number): boolean {
  return (
    detection.rule === specimen.rule &&
    detection.offset >= offset &&
    detection.offset + detection.length <= offset + specimen.bytes.length &&
    (specimen.spkiSha256 === undefined || detection.key?.spkiSha256 === specimen.spkiSha256)
  );
}
