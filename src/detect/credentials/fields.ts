/** Reads fields of a rule, strictly: what is missing, of the wrong type or unknown is refused, by file, rule and field. */
import { DumpsieveError } from '../../errors.js';

export class Fields {
  readonly #origin: string;
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #seen = new Set<string>();

  constructor(value: unknown, origin: string) {
    this.#origin = origin;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badRules(origin, 'not a mapping');
    this.#values = new Map(Object.entries(value));
  }

  fail(name: string, what: string): DumpsieveError {
    return badRules(this.#origin, `${name}: ${what}`);
  }

  raw(name: string): unknown {
    this.#seen.add(name);
    return this.#values.get(name);
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined;
  }

  text(name: string): string {
    const value = this.raw(name);
    if (typeof value !== 'string' || value === '') throw this.fail(name, 'a text is needed');
    return value;
  }

  /** A list of texts; a single text is a list of one. */
  texts(name: string, otherwise?: readonly string[]): readonly string[] {
    const value = this.raw(name);
    if (value === undefined && otherwise) return otherwise;
    const list = typeof value === 'string' ? [value] : value;
    if (!Array.isArray(list) || list.some((item) => typeof item !== 'string' || item === '')) {
      throw this.fail(name, 'a list of texts is needed');
    }
    return list;
  }

  oneOf<T extends string>(name: string, choices: readonly T[], otherwise?: T): T {
    const value = this.raw(name) ?? otherwise;
    const choice = choices.find((each) => each === value);
    if (choice === undefined) throw this.fail(name, `choose from ${choices.join(', ')}`);
    return choice;
  }

  number(name: string, [least, most]: readonly [number, number], otherwise: number): number {
    const value = this.raw(name) ?? otherwise;
    if (typeof value !== 'number' || !(value >= least && value <= most)) {
      throw this.fail(name, `a number from ${least} to ${most} is needed`);
    }
    return value;
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.raw(name) ?? otherwise;
    if (typeof value !== 'boolean') throw this.fail(name, 'true or false is needed');
    return value;
  }

  /** Refuses what nobody asked for. */
  end(): void {
    for (const name of this.#values.keys()) if (!this.#seen.has(name)) throw this.fail(name, 'unknown field');
  }
}

export function badRules(origin: string, what: string): DumpsieveError {
  return new DumpsieveError('BAD_RULES', `${origin}: ${what}`);
}
