/** Reports to files. */
import { writeFileSync } from 'node:fs';
import { codeOf, DumpsieveError } from '../errors.js';

/** OUTPUT when it cannot be written. */
export function save(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new DumpsieveError('OUTPUT', `${file} cannot be written: ${codeOf(error)}`);
  }
}
