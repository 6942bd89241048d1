/** `dumpsieve scan`: options → scan → reports → exit code. */
import { scan } from '../../engine.js';
import { DumpsieveError } from '../../errors.js';
import { parseBaseline, writeBaseline } from '../../findings/baseline.js';
import type { ScanReport, Severity } from '../../types.js';
import { exitCodeOf } from '../exit-code.js';
import { interruptible } from '../interrupt.js';
import { credentialsOf, type Output, outputsOf, type RawScanOptions, readText, withConfig } from '../options.js';
import { refuseInputs, save } from '../output.js';
import { Progress } from '../progress.js';

export async function scanCommand(targets: readonly string[], raw: RawScanOptions): Promise<number> {
  const options = withConfig(raw);
  const outputs = outputsOf(options);
  const baseline = options.baseline === undefined ? undefined : parseBaseline(readText(options.baseline, 'baseline'));
  if (options.writeBaseline !== undefined && !options.reason) {
    throw new DumpsieveError('USAGE', '--write-baseline needs --reason: why may these keys stay?');
  }
  const files = [...outputs.map(({ file }) => file), options.writeBaseline].filter((file) => file !== undefined);
  await refuseInputs(files, targets, options);
  const credentials = await credentialsOf(options.rules);
  const known = options.known && (await import('../known.js')).readKnown(options.known);
  const interrupt = interruptible();
  const progress = new Progress(process.stderr, process.stderr.isTTY === true && options.progress !== false);
  let report: ScanReport;
  try {
    progress.start();
    report = await scan({
      targets,
      include: options.include,
      exclude: options.exclude,
      jobs: options.jobs,
      failOn: options.failOn,
      baseline,
      known,
      thorough: options.thorough,
      credentials,
      picture: outputs.some(({ format }) => format === 'html'),
      signal: interrupt.signal,
      onProgress: ({ path, doneBytes, totalBytes }) => progress.update(doneBytes, path, totalBytes),
    });
  } finally {
    progress.stop();
    interrupt.dispose();
  }
  for (const output of outputs) await write(output, report, options.failOn);
  if (options.writeBaseline !== undefined) {
    const today = new Date().toISOString().slice(0, 10);
    save(options.writeBaseline, writeBaseline(report, baseline, today, options.reason ?? ''));
  }
  return exitCodeOf(report);
}

async function write({ format, file }: Output, report: ScanReport, failOn: Severity | undefined): Promise<void> {
  // Loaded when it is needed: nothing is to keep a scan from beginning.
  const { render } = await import('../../report/render.js');
  const color = file === undefined && process.stdout.isTTY === true && !process.env.NO_COLOR;
  const width = file === undefined ? (process.stdout.columns ?? 80) : 80;
  const text = render(format, report, { color, width, failOn });
  if (file === undefined) process.stdout.write(text);
  else save(file, text);
}
