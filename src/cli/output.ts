/** Reports to files. */
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { codeOf, DumpsieveError } from '../errors.js';
import { type DiscoverOptions, discover } from '../source/discover.js';

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

/** USAGE when a report would overwrite what it reports on, be it named or in a directory or a pattern. */
export async function refuseInputs(
  files: readonly string[],
  targets: readonly string[],
  options: DiscoverOptions = {},
): Promise<void> {
  const existing = files.filter((file) => existsSync(file) && statSync(file).isFile());
  if (existing.length === 0) return;
  const inputs = new Set((await discover(targets, options)).flatMap(({ path }) => identityOf(path) ?? []));
  const lost = existing.find((file) => inputs.has(identityOf(file) ?? ''));
  if (lost === undefined) return;
  throw new DumpsieveError(
    'USAGE',
    `${lost} is one of the dumps: a report must not overwrite it (write it elsewhere, or --exclude it)`,
  );
}

/** The same for all names of one file. */
function identityOf(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const { dev, ino } = statSync(file, { bigint: true });
  return `${dev} ${ino}`;
}
