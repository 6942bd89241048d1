/** `dumpsieve hunt`: known keys → scan → an answer for each → exit code. */
import { type HuntReport, hunt } from '../../hunt.js';
import { renderHunt, renderHuntJson } from '../../report/hunt.js';
import { EXIT, exitCodeOf } from '../exit-code.js';
import { interruptible } from '../interrupt.js';
import { readKnown } from '../known.js';
import { refuseInputs, save } from '../output.js';
import { Progress } from '../progress.js';

export interface HuntOptions {
  readonly known: readonly string[];
  readonly json?: boolean;
  readonly output?: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly jobs?: number;
  readonly progress?: boolean;
}

export async function huntCommand(targets: readonly string[], options: HuntOptions): Promise<number> {
  const known = readKnown(options.known);
  if (options.output !== undefined) await refuseInputs([options.output], targets, options);
  const interrupt = interruptible();
  const progress = new Progress(process.stderr, process.stderr.isTTY === true && options.progress !== false);
  try {
    progress.start();
    const result = await hunt({
      targets,
      known,
      include: options.include,
      exclude: options.exclude,
      jobs: options.jobs,
      signal: interrupt.signal,
      onProgress: ({ path, doneBytes, totalBytes }) => progress.update(doneBytes, path, totalBytes),
    });
    progress.stop();
    const text = options.json ? renderHuntJson(result) : renderHunt(result);
    if (options.output === undefined) process.stdout.write(text);
    else save(options.output, text);
    return exitCodeOfHunt(result);
  } finally {
    progress.stop();
    interrupt.dispose();
  }
}

/** As of a scan; and a key that could not be looked for as a number is not proven absent. */
function exitCodeOfHunt({ report, wanted }: HuntReport): number {
  const code = exitCodeOf(report);
  const open = wanted.some(
    ({ places, searched }) => places.length === 0 && (searched === 'encodings' || searched === 'name'),
  );
  return code === EXIT.clean && open ? EXIT.incomplete : code;
}
