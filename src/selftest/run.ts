/**
 * The self-test of every run: one specimen of every rule (of two rules by tests of their own, closed-shield.ts and
 * tokens.ts) goes through the same kernel, detectors and searches as the dump. A scanner that has gone blind must not call
 * anything clean. It has parts, so that each thread tests what it is about to do.
 */
import { loadShippedRules } from '../detect/credentials/shipped.js';
import { rememberFingerprints } from '../detect/judge.js';
import { RULES, type RuleId } from '../detect/rules.js';
import { NumberStore } from '../relate/number-store.js';
import { shareFor } from '../relate/shares.js';
import type { Part } from '../sieve/parts.js';
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

/** Plants the specimens of a part in memory of its own. */
export async function runSelfTest(scanner: Scanner, credentials: CredentialSetup, part: Part): Promise<SelfTest> {
  if (credentials.shipped && typeof part === 'string') rememberFingerprints(loadShippedRules().fingerprints);
  const planted = specimensOf(part, credentials);
  const slot = createSlot(-1, lengthOf(planted));
  const kernel = scanner.createKernel(slot.memory);
  const scan: Scan = (task) => scanner.scan({ ...task, slot }, kernel);
  if (part === 'tokens')
    return { planted: credentials.shipped ? 1 : 0, missed: credentials.shipped ? testSigningSecret(slot, scan) : [] };
  if (part !== 'encoded') return { planted: planted.length, missed: missedOf(slot, scan, planted, part) };
  const missed = [...missedOf(slot, scan, planted), ...(await testClosedShield(slot, scan))];
  return { planted: planted.length + 1, missed: [...new Set(missed)] };
}

/** Numbers apart: encoded keys are full of candidates for them, which cost time to relate. */
function specimensOf(part: Part, { shipped, more }: CredentialSetup): Specimen[] {
  const isNumber = (rule: string) => RULES[rule as RuleId]?.asNumbers === true;
  if (part === 'encoded') return [...specimens((rule) => !isNumber(rule)), ...credentialSpecimens(shipped, more)];
  return specimens((rule) => isNumber(rule) && (RELATED_BY.get(rule) ?? OTHERS) === part);
}

/** `share`: of the relating stage, that finds these numbers. */
function missedOf(slot: Slot, scan: Scan, all: readonly Specimen[], share?: number): string[] {
  if (all.length === 0) return [];
  const length = lengthOf(all);
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

function lengthOf(all: readonly Specimen[]): number {
  return all.reduce((sum, { bytes }) => sum + sizeOf(bytes), GAP);
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
