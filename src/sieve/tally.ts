/** Keeps the windows of one dump in flight, and adds up what their workers answer. */
import type { Effort } from '../relate/bounds.js';
import type { NumberStore } from '../relate/number-store.js';
import { SHARES } from '../relate/shares.js';
import type { CertificateSighting, Detection, DumpMap, Skipped, Span, Warning } from '../types.js';
import { CellGrid, cellFor } from './entropy-cells.js';
import { inPieces } from './pieces.js';
import { JOINED_BASE, JOINED_STEP } from './plan.js';
import type { SievePool } from './pool.js';
import type { ScanResult, ScanTask } from './protocol.js';
import type { Sieved } from './run.js';
import { TokenTally } from './token-tally.js';

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Called with the bytes of each finished window. */
  readonly onBytes: (bytes: number) => void;
  /** SubjectPublicKeyInfo of keys that the user knows. */
  readonly known?: readonly Uint8Array[];
  /** Look for the known keys at every byte, and for no others as numbers. */
  readonly hunt?: boolean;
  /** Which bounds the search for numbers has. */
  readonly effort?: Effort;
  /** Sample the entropy, for a picture. */
  readonly picture?: boolean;
}

/** Limits on what one dump may make us remember; past them the report says that it is incomplete. */
const MAX_DETECTIONS = 20_000;
const MAX_CERTIFICATES = 20_000;
const MAX_PUBLIC_KEYS = 5_000;
const MAX_TOP_TABLES = 20_000;
const MAX_PROCESSES = 10_000;
const MAX_SHIELD_TAILS = 1000;
const MAX_STRUCTURES = 1000;

/** Keeps windows in flight and adds up their results. */
export class Tally {
  readonly skipped: Skipped[] = [];
  readonly warnings: Warning[] = [];
  /** Offsets of pages that look like top page tables. */
  readonly topTables: number[] = [];
  /** Offsets of what may be process structures of Windows; more than are kept would only be names. */
  readonly processes: number[] = [];
  /** Offsets of what may be the end of a shielded SSH key's structure. */
  readonly shieldTails: number[] = [];
  /** Offsets of what may be credentials of Kerberos. */
  readonly structures: number[] = [];
  /** Whether there were more of them than are kept. */
  structuresDropped = false;
  /** Whether there were more top tables than are kept. */
  tablesDropped = false;
  readonly #pool: SievePool;
  readonly #options: RunOptions;
  readonly #running = new Set<Promise<void>>();
  readonly #detections: Detection[] = [];
  readonly #credentials: Detection[] = [];
  readonly #certificates = new Map<string, CertificateSighting>();
  readonly #publicKeys = new Map<string, Uint8Array>();
  /** Pieces of the windows that were joined, by the offset that stands for each. */
  readonly #joined = new Map<number, readonly Span[]>();
  readonly #cells = new CellGrid();
  readonly #tokens = new TokenTally();
  #dropped = 0;
  #failure: { error: unknown } | undefined;

  /** How windows are to be searched for numbers. */
  get search(): Pick<ScanTask, 'hunted' | 'effort'> {
    return { hunted: this.hunted, effort: this.#options.effort };
  }

  /** How a window is to be sampled of a dump that has at least so many bytes. */
  sampling(size: number): Pick<ScanTask, 'cell'> {
    return this.#options.picture === true ? { cell: cellFor(size) } : {};
  }

  /** Public keys to hunt for, if that is wanted. */
  get hunted(): readonly Uint8Array[] | undefined {
    return this.#options.hunt === true ? this.#options.known : undefined;
  }

  constructor(pool: SievePool, options: RunOptions) {
    this.#pool = pool;
    this.#options = options;
  }

  /** Starts a task that owns its slot; the pool frees the slot. Throws what an earlier task threw. */
  async dispatch(task: ScanTask): Promise<void> {
    if (this.#failure) {
      this.#pool.release(task.slot);
      throw this.#failure.error;
    }
    const first = task.joined ?? (task.pieces[0] as Span).offset;
    if (first >= JOINED_BASE && task.numbers) this.#joined.set(first, task.pieces);
    const done = this.#pool
      .scan(task, this.#options.signal)
      .then((result) => this.#add(task, result))
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#running.delete(done));
    this.#running.add(done);
  }

  async settled(): Promise<void> {
    await Promise.all(this.#running);
    if (this.#failure) throw this.#failure.error;
  }

  /** After `settled`: the second stage over what all windows gathered. */
  async relate(store: NumberStore, map: DumpMap): Promise<void> {
    const signers = store.hasNumbers ? await this.#relateNumbers(store, map) : [];
    if (this.#tokens.found) await this.#relateTokens(store, signers);
    // Not where a task failed: another may still be reading it.
    this.#pool.returnNumbers(store);
  }

  /** Gives the public halves of the keys that were found. */
  async #relateNumbers(store: NumberStore, map: DumpMap): Promise<readonly Uint8Array[]> {
    const numbers = store.buffer;
    const { known = [], effort, signal } = this.#options;
    const more = effort === 'thorough' ? '' : ' (--thorough goes on)';
    const constants = constantsOf(map);
    const spkis = [...known, ...this.#publicKeys.values()];
    const shares = Array.from({ length: SHARES }, (_, share) =>
      this.#pool.relate({ numbers, spkis, hunted: this.hunted, effort, share, constants }, signal),
    );
    // Whichever worker ends first has time for what will not be asked for.
    const [results] = await Promise.all([
      Promise.all(shares),
      this.#tokens.found ? undefined : this.#pool.test('tokens'),
    ]);
    for (const { detections } of results) this.keep(detections.flatMap((each) => this.#where(each)));
    const cuts = results.flatMap((result) => result.cuts);
    const extras = results.flatMap((result) => result.extras);
    if (extras.length > 0) {
      const message = `over and above the usual search, not everything was tried: ${extras.join('; ')}${more}`;
      this.warnings.push({ code: 'NUMBERS_EXTRA_CUT', message, incomplete: false });
    }
    if (cuts.length > 0) {
      const message = `too many candidates for keys as numbers, not all were tried: ${cuts.join('; ')}${more}`;
      this.warnings.push({ code: 'NUMBERS_CUT', message, incomplete: true });
    }
    return results.flatMap((result) => result.signers);
  }

  /** `found`: public halves of keys that were found as numbers. */
  async #relateTokens(store: NumberStore, found: readonly Uint8Array[]): Promise<void> {
    const { known = [], effort, signal } = this.#options;
    const spkis = [...known, ...this.#tokens.signers, ...found, ...this.#publicKeys.values()];
    const related = await this.#pool.relateTokens({ numbers: store.buffer, spkis, effort }, signal);
    this.keep(related.detections.flatMap((each) => this.#where(each)));
    this.warnings.push(...this.#tokens.settle(related, effort === 'thorough'));
  }

  /** `size`: bytes of the whole dump. */
  outcome(size: number): Pick<Sieved, 'detections' | 'certificates' | 'skipped' | 'warnings' | 'entropy'> {
    const message = `more than ${MAX_DETECTIONS} places or ${MAX_CERTIFICATES} certificates; ${this.#dropped} not kept`;
    return {
      detections: this.#tokens.proven([...this.#detections, ...this.#credentials]),
      certificates: this.#certificates.values(),
      skipped: this.skipped,
      ...(this.#options.picture === true && { entropy: this.#cells.finish(size) }),
      warnings: [
        ...this.warnings,
        ...(this.#dropped > 0 ? [{ code: 'TOO_MANY_FINDINGS', message, incomplete: true }] : []),
      ],
    };
  }

  /** A detection in a joined window, where its bytes lie in the dump; one for each piece. */
  #where(detection: Detection): Detection[] {
    if (detection.offset < JOINED_BASE) return [detection];
    const joined = detection.offset - ((detection.offset - JOINED_BASE) % JOINED_STEP);
    const from = detection.offset - joined;
    return inPieces(detection, this.#joined.get(joined) ?? [], from, from + detection.length);
  }

  /** Credentials have room of their own: a token in each of many buffers must not crowd out a key. */
  keep(detections: readonly Detection[]): void {
    for (const detection of detections) {
      const kept = detection.title === undefined ? this.#detections : this.#credentials;
      if (kept.length < MAX_DETECTIONS) kept.push(detection);
      else this.#dropped++;
    }
  }

  #add(task: ScanTask, result: ScanResult): void {
    const { detections, certificates, publicKeys, topTables, processes, shieldTails, structures, skipped, entropy } =
      result;
    this.keep(detections);
    this.#tokens.add(result);
    for (const spki of publicKeys) {
      if (this.#publicKeys.size < MAX_PUBLIC_KEYS) this.#publicKeys.set(Buffer.from(spki).toString('base64'), spki);
    }
    for (const sighting of certificates) {
      if (this.#certificates.size < MAX_CERTIFICATES) this.#certificates.set(sighting.sha256, sighting);
      else if (!this.#certificates.has(sighting.sha256)) this.#dropped++;
    }
    for (const table of topTables) {
      if (this.topTables.length < MAX_TOP_TABLES) this.topTables.push(table);
      else this.tablesDropped = true;
    }
    this.processes.push(...processes.slice(0, MAX_PROCESSES - this.processes.length));
    if (this.shieldTails.length < MAX_SHIELD_TAILS) this.shieldTails.push(...shieldTails);
    if (structures.length > MAX_STRUCTURES - this.structures.length) this.structuresDropped = true;
    this.structures.push(...structures.slice(0, MAX_STRUCTURES - this.structures.length));
    this.skipped.push(...skipped);
    if (entropy) this.#cells.add(entropy);
    this.#options.onBytes(task.joined === undefined ? task.to - task.from : 0);
  }
}

/** Regions without the right to write, by offset: code and constants. */
function constantsOf({ regions }: DumpMap): Span[] {
  return regions
    .filter(({ protection }) => protection !== undefined && !protection.includes('w'))
    .map(({ offset, length }) => ({ offset, length }));
}
