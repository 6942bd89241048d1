/** `dumpsieve inspect`: what a dump holds, without looking for keys. */
import { DumpsieveError } from '../../errors.js';
import { inspectFile } from '../../inspect.js';
import { renderInspections } from '../../report/inspection.js';
import { openSource, STDIN } from '../../source/open.js';
import { EXIT } from '../exit-code.js';

export async function inspectCommand(dump: string, options: { all?: boolean; json?: boolean }): Promise<number> {
  if (dump === STDIN) throw new DumpsieveError('USAGE', 'inspect needs a file: it reads here and there');
  const source = await openSource(dump).catch((error: unknown) => {
    throw error instanceof DumpsieveError ? new DumpsieveError(error.code, `${dump}: ${error.message}`) : error;
  });
  try {
    if (source.kind !== 'file') throw new DumpsieveError('USAGE', `${dump}: inspect needs a regular, non-empty file`);
    const found = await inspectFile(source);
    const inspections = found.map((one) => ({
      ...one,
      path: one.container === undefined ? dump : `${dump}!/${one.container}`,
    }));
    const width = process.stdout.columns ?? 80;
    process.stdout.write(
      renderInspections(inspections, { json: options.json === true, all: options.all === true, width }),
    );
    const isPart = found.some(({ map }) => map.warnings.some((warning) => warning.incomplete));
    return isPart ? EXIT.incomplete : EXIT.clean;
  } finally {
    await source.close();
  }
}
