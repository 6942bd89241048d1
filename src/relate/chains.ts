/**
 * Runs with next to nothing between them. One random word in 260,000 has three zero bytes or repeats itself, or is soft
 * beside another soft one, and ends a run (sieve/runs.ts). Of 2048 words, as OpenSSH's prekey has them, that splits one in
 * 130. What is left of a word or two between two such words is no run by itself.
 */

const WORD = 8;
/** Bytes between two runs of a chain: a word that ended the first, two that are no run, another that ends them. */
export const MAX_BETWEEN = 4 * WORD;

/** Which chains are wanted, all in bytes. */
export interface ChainLimits {
  /** From the first run's first byte to the last one's end. */
  readonly min: number;
  readonly max: number;
  /** Between all its runs together: what chance takes out. */
  readonly missing: number;
}

interface Run {
  readonly from: number;
  readonly to: number;
}

/** Chains of two runs or more among runs that come in ascending order. A few of them are kept at a time. */
export class Chains {
  readonly #limits: ChainLimits;
  readonly #maxRuns: number;
  /** The last ones, each close behind the one before. */
  #runs: Run[] = [];

  constructor(limits: ChainLimits) {
    this.#limits = limits;
    this.#maxRuns = limits.missing / WORD + 1;
  }

  /** Where chains begin that end with this run, `[from, to)`. */
  add(from: number, to: number): number[] {
    const last = this.#runs.at(-1);
    const between = last === undefined ? 0 : from - last.to;
    if (between > MAX_BETWEEN || between % WORD !== 0) this.#runs = [];
    this.#runs.push({ from, to });
    if (this.#runs.length > this.#maxRuns) this.#runs.shift();
    const starts: number[] = [];
    const { min, max, missing } = this.#limits;
    let next = from;
    let left = missing;
    for (let i = this.#runs.length - 2; i >= 0; i--) {
      const run = this.#runs[i] as Run;
      left -= next - run.to;
      if (left < 0 || to - run.from > max) break;
      if (to - run.from >= min) starts.push(run.from);
      next = run.from;
    }
    return starts;
  }
}
