/**
 * The entry of a worker's thread. Whatever its first task is, it runs the self-test before, and each answer tells the
 * outcome: so each worker that touches a dump has shown that it sees.
 */
import { workerData } from 'node:worker_threads';
import { messageOf } from './errors.js';
import type { Related } from './relate/relate.js';
import type { RelatedTokens } from './relate/tokens/relate-tokens.js';
import { runSelfTest } from './selftest/run.js';
import type { Answer, RelateTask, ScanResult, ScanTask, SelfTest, TokenTask, WorkerSetup } from './sieve/protocol.js';
import { relateTask, tokenTask } from './sieve/relate-task.js';
import { Scanner } from './sieve/scanner.js';

// Parsers throw for every hit that is none of theirs: nobody reads those stacks, and taking them costs most of the time.
Error.stackTraceLimit = 0;

// Piscina wraps the data that it passes on: [its own, ours].
const setup = (Array.isArray(workerData) ? workerData[1] : workerData) as WorkerSetup;
const scanner = await Scanner.create(setup.kernel, setup.credentials);
let outcome: Promise<SelfTest> | undefined;

export default async function scan(task: ScanTask): Promise<Answer<ScanResult>> {
  const selfTest = await tested();
  return { result: scanner.scan(task), selfTest };
}

/** The last tasks of a dump: relate what all its windows gathered. */
export async function relate(task: RelateTask): Promise<Answer<Related>> {
  const selfTest = await tested();
  return { result: relateTask(task), selfTest };
}

/** After it: relate the signed tokens. */
export async function relateTokens(task: TokenTask): Promise<Answer<RelatedTokens>> {
  const selfTest = await tested();
  return { result: tokenTask(task), selfTest };
}

/** For scans that need no worker otherwise. */
export async function test(): Promise<Answer<undefined>> {
  return { result: undefined, selfTest: await tested() };
}

/** Once, and told with every answer: a task that fails has none. A self-test that fails in an unforeseen way has missed all. */
function tested(): Promise<SelfTest> {
  outcome ??= runSelfTest(scanner, setup.credentials).catch((error: unknown) => ({
    planted: 0,
    missed: [`everything (${messageOf(error)})`],
  }));
  return outcome;
}
