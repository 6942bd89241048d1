/** Reports to files. */
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { codeOf, DumpsieveError } from '../errors.js';

/** OUTPUT when it cannot be written. */
export function save(file: string, text: string): void {
  // A report is there as a whole or not at all; a device or a pipe has no other name to be written under.
  const special = existsSync(file) && !statSync(file).isFile();
  const draft = special ? file : `${file}.${process.pid}.part`;
  try {
    writeFileSync(draft, text);
    if (!special) renameSync(draft, file);
  } catch (error) {
    if (!special) rmSync(draft, { force: true });
    throw new DumpsieveError('OUTPUT', `${file} cannot be written: ${codeOf(error)}`);
  }
}

/** USAGE when a report would overwrite what it reports on. */
export function refuseInput(file: string, targets: readonly string[]): void {
  const same = targets.some((target) => {
    const [one, other] = [target, file].map((path) => (existsSync(path) ? statSync(path) : undefined));
    return one?.isFile() && other?.isFile() && one.ino === other.ino && one.dev === other.dev;
  });
  if (same) throw new DumpsieveError('USAGE', `${file} is one of the dumps: a report must not overwrite it`);
}
