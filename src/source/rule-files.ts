/** The files of rules that a user names: one file, or those of a directory. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { codeOf, DumpsieveError } from '../errors.js';

export interface RuleFile {
  readonly file: string;
  readonly text: string;
}

const NAMES = /\.(ya?ml|toml)$/i;

/** In the order of their names. Throws BAD_RULES for what cannot be read, and where there is none. */
export function readRuleFiles(target: string): RuleFile[] {
  try {
    if (!statSync(target).isDirectory()) return [{ file: target, text: readFileSync(target, 'utf8') }];
    const names = readdirSync(target)
      .filter((name) => NAMES.test(name))
      .sort();
    if (names.length === 0) throw new DumpsieveError('BAD_RULES', `${target}: no .yml, .yaml or .toml file`);
    return names.map((name) => path.join(target, name)).map((file) => ({ file, text: readFileSync(file, 'utf8') }));
  } catch (error) {
    if (error instanceof DumpsieveError) throw error;
    throw new DumpsieveError('BAD_RULES', `${target}: cannot be read: ${codeOf(error)}`);
  }
}
