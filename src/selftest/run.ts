/**
 * The self-test of every run: one specimen of every rule (of one rule by a map of its own, closed-shield.ts) goes through the same workers, kernel and detectors as the
 * dump. A scanner that has gone blind must not call anything clean.
 */
import type { RuleSource } from '../detect/credentials/rule.js';
import { RULES, type RuleId } from '../detect/rules.js';
import { DumpsieveError } from '../errors.js';
import { NumberStore } from '../relate/number-store.js';
import { SHARES } from '../relate/relate.js';
import type { SievePool } from '../sieve/pool.js';
import { windowBytes } from '../sieve/slot.js';
import type { Detection } from '../types.js';
import { testClosedShield } from './closed-shield.js';
import { credentialSpecimens } from './credentials.js';
import { type Specimen, specimens } from './specimens.js';

/** Bytes between specimens, so that none can lean on its neighbour. */
const GAP = 64;
/** Numbers are looked for at aligned words. */
const ALIGNMENT = 16;
/** Bytes for candidates: more than the specimens need. */
const NUMBERS = 256 * 1024;

export interface SelfTest {
  readonly planted: number;
  readonly found: number;
}

/** Runs the specimens once on each worker. Throws SELF_TEST when any of them misses one. */
export async function runSelfTest(pool: SievePool, more: readonly RuleSource[] = []): Promise<SelfTest> {
  const all = [...specimens(), ...credentialSpecimens(pool.credentials.shipped, more)];
  // Apart: encoded keys are full of candidates for numbers, which cost time to relate.
  const isNumber = ({ rule }: Specimen) => RULES[rule as RuleId]?.asNumbers === true;
  const runs = await Promise.all(
    Array.from({ length: pool.workers }, () => [
      runOnce(
        pool,
        all.filter((specimen) => !isNumber(specimen)),
      ),
      runOnce(pool, all.filter(isNumber), NumberStore.create(NUMBERS)),
      testClosedShield(pool),
    ]).flat(),
  );
  const missed = runs.flatMap((run) => run.missed);
  if (missed.length > 0) {
    throw new DumpsieveError(
      'SELF_TEST',
      `self-test failed, planted and not found: ${[...new Set(missed)].join(', ')}`,
    );
  }
  const planted = all.length + 1;
  return { planted, found: planted };
}

async function runOnce(pool: SievePool, all: readonly Specimen[], store?: NumberStore): Promise<{ missed: string[] }> {
  const slot = await pool.acquire();
  const length = all.reduce((sum, { bytes }) => sum + sizeOf(bytes), GAP);
  const window = windowBytes(slot, length);
  window.fill(0);
  let at = GAP;
  const expected = all.map((specimen) => {
    const offset = at;
    window.set(specimen.bytes, offset);
    at += sizeOf(specimen.bytes);
    return { specimen, offset };
  });
  const numbers = store?.buffer;
  const task = { slot, pieces: [{ offset: 0, length }], from: 0, to: length, numbers };
  const { detections: parsed, publicKeys } = await pool.scan(task);
  const shares = Array.from({ length: numbers ? SHARES : 0 }, (_, share) =>
    pool.relate({ numbers: numbers as SharedArrayBuffer, spkis: publicKeys, share, effort: 'brief' }),
  );
  const detections = [...parsed, ...(await Promise.all(shares)).flatMap((result) => result.detections)];
  const missed = expected.filter(({ specimen, offset }) => !detections.some((d) => shows(d, specimen, offset)));
  return { missed: missed.map(({ specimen }) => specimen.rule) };
}

function sizeOf(bytes: Uint8Array): number {
  return Math.ceil((bytes.length + GAP) / ALIGNMENT) * ALIGNMENT;
}

function shows(detection: Detection, specimen: Specimen, offset: number): boolean {
  return (
    detection.rule === specimen.rule &&
    detection.offset >= offset &&
    detection.offset + detection.length <= offset + specimen.bytes.length &&
    (specimen.spkiSha256 === undefined || detection.key?.spkiSha256 === specimen.spkiSha256)
  );
}
