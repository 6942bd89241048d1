/**
 * The entry of a worker's thread. Whatever its first task is, it runs the self-test before, and its first answer tells the
 * outcome: so each worker that touches a dump has shown that it sees.
 */
import { workerData } from 'node:worker_threads';
import type { Related } from './relate/relate.js';
import { runSelfTest } from './selftest/run.js';
import type { Answer, RelateTask, ScanResult, ScanTask, SelfTest, WorkerSetup } from './sieve/protocol.js';
import { relateTask } from './sieve/relate-task.js';
import { Scanner } from './sieve/scanner.js';

// Parsers throw for every hit that is none of theirs: nobody reads those stacks, and taking them costs most of the time.
Error.stackTraceLimit = 0;

// Piscina wraps the data that it passes on: [its own, ours].
const setup = (Array.isArray(workerData) ? workerData[1] : workerData) as WorkerSetup;
const scanner = await Scanner.create(setup.kernel, setup.credentials);
let untested = true;

export default async function scan(task: ScanTask): Promise<Answer<ScanResult>> {
  const selfTest = await firstTest();
  return { result: scanner.scan(task), selfTest };
}

/** The last tasks of a dump: relate what all its windows gathered. */
export async function relate(task: RelateTask): Promise<Answer<Related>> {
  const selfTest = await firstTest();
  return { result: relateTask(task), selfTest };
}

/** For scans that need no worker otherwise. */
export async function test(): Promise<Answer<undefined>> {
  return { result: undefined, selfTest: await firstTest() };
}

/** Undefined when it has been run. */
async function firstTest(): Promise<SelfTest | undefined> {
  if (!untested) return undefined;
  untested = false;
  return await runSelfTest(scanner, setup.credentials);
}
