/** `dumpsieve inspect`: what a dump holds, without looking for keys. */
import { readDumpMap } from '../../dump/detect.js';
import { entropyMap } from '../../dump/entropy.js';
import { holeBytes } from '../../dump/map.js';
import { DumpsieveError } from '../../errors.js';
import { renderInspection } from '../../report/inspection.js';
import { fileReader, openSource, STDIN } from '../../source/open.js';
import { EXIT } from '../exit-code.js';

export async function inspectCommand(dump: string, options: { all?: boolean; json?: boolean }): Promise<number> {
  if (dump === STDIN) throw new DumpsieveError('USAGE', 'inspect needs a file: it reads here and there');
  const source = await openSource(dump);
  try {
    if (source.kind !== 'file') throw new DumpsieveError('USAGE', `${dump}: inspect needs a regular, non-empty file`);
    const { fd, size } = source;
    const reader = fileReader(fd, size);
    const map = readDumpMap(reader, size);
    const inspection = { path: dump, size, map, holes: holeBytes(map), entropy: entropyMap(reader, size, 64) };
    const width = process.stdout.columns ?? 80;
    process.stdout.write(
      renderInspection(inspection, { json: options.json === true, all: options.all === true, width }),
    );
    return map.warnings.some((warning) => warning.incomplete) ? EXIT.incomplete : EXIT.clean;
  } finally {
    await source.close();
  }
}
