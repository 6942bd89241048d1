/** Reads the files that `--known` names. */
import { readFileSync } from 'node:fs';
import { codeOf, DumpsieveError } from '../errors.js';
import { type KnownKey, parseKnownFile } from '../relate/known-files.js';

/** Their keys. Throws USAGE where a file cannot be read. */
export function readKnown(files: readonly string[]): KnownKey[] {
  return files.flatMap((file) => {
    let bytes: Buffer;
    try {
      bytes = readFileSync(file);
    } catch (error) {
      throw new DumpsieveError('USAGE', `known key ${file} cannot be read: ${codeOf(error)}`);
    }
    return parseKnownFile(bytes, file);
  });
}
