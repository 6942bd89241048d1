/**
 * The self-test of every worker in every run: one specimen of every rule (of two rules by tests of
 * their own, closed-shield.ts and tokens.ts) goes through the same kernel and detectors as the dump. A scanner that has gone blind must not call
 * anything clean.
 */
import { RULES, type RuleId } from '../detect/rules.js';
import { NumberStore } from '../relate/number-store.js';
import { SHARES, shareFor } from '../relate/relate.js';
import type { CredentialSetup, SelfTest } from '../sieve/protocol.js';
import { relateTask } from '../sieve/relate-task.js';
import type { Scanner } from '../sieve/scanner.js';
import { createSlot, type Slot, windowBytes } from '../sieve/slot.js';
import type { Detection } from '../types.js';
import { type Scan, testClosedShield } from './closed-shield.js';
import { credentialSpecimens } from './credentials.js';
import { type Specimen, specimens } from './specimens.js';
import { testSigningSecret } from './tokens.js';

/** Bytes between specimens, so that none can lean on its neighbour. */
const GAP = 64;
/** Numbers are looked for at aligned words. */
const ALIGNMENT = 16;
/** Bytes for candidates: more than the specimens need. */
const NUMBERS = 256 * 1024;

/** Rules of numbers by the share of the relating stage that looks for them: what others would try with them costs time. */
const RELATED_BY: ReadonlyMap<string, number> = new Map([
  ['ec-scalar', shareFor('P-256')],
  ['ec-session-scalar', shareFor('P-256')],
  ['ed25519-seed', shareFor('Ed25519')],
  ['x25519-scalar', shareFor('X25519')],
  ['x25519-session-scalar', shareFor('X25519')],
  ['ed448-seed', shareFor('Ed448')],
  ['pq-seed', shareFor('pq')],
]);
/** The share that looks for everything else. */
const OTHERS = shareFor('rsa');

/** Plants the specimens in memory of its own. */
export async function runSelfTest(scanner: Scanner, { shipped, more }: CredentialSetup): Promise<SelfTest> {
  const all = [...specimens(), ...credentialSpecimens(shipped, more)];
  const slot = createSlot(
    -1,
    all.reduce((sum, { bytes }) => sum + sizeOf(bytes), GAP),
  );
  const kernel = scanner.createKernel(slot.memory);
  const scan: Scan = (task) => scanner.scan({ ...task, slot }, kernel);
  // Apart: encoded keys are full of candidates for numbers, which cost time to relate.
  const isNumber = ({ rule }: Specimen) => RULES[rule as RuleId]?.asNumbers === true;
  const encoded = all.filter((specimen) => !isNumber(specimen));
  const shareOf = ({ rule }: Specimen) => RELATED_BY.get(rule) ?? OTHERS;
  const missed = [
    ...missedOf(slot, scan, encoded),
    ...Array.from({ length: SHARES }, (_, share) => {
      const numbers = all.filter((specimen) => isNumber(specimen) && shareOf(specimen) === share);
      return numbers.length === 0 ? [] : missedOf(slot, scan, numbers, share);
    }).flat(),
    ...(await testClosedShield(slot, scan)),
    ...(shipped ? testSigningSecret(slot, scan) : []),
  ];
  return { planted: all.length + (shipped ? 2 : 1), missed: [...new Set(missed)] };
}

/** `share`: of the relating stage, that finds these numbers. */
function missedOf(slot: Slot, scan: Scan, all: readonly Specimen[], share?: number): string[] {
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
  const numbers = share === undefined ? undefined : NumberStore.create(NUMBERS).buffer;
  const { detections: parsed, publicKeys } = scan({ pieces: [{ offset: 0, length }], from: 0, to: length, numbers });
  const related =
    numbers === undefined || share === undefined
      ? []
      : relateTask({ numbers, spkis: publicKeys, share, effort: 'brief' }).detections;
  const detections = [...parsed, ...related];
  return expected
    .filter(({ specimen, offset }) => !detections.some((detection) => shows(detection, specimen, offset)))
    .map(({ specimen }) => specimen.rule);
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
