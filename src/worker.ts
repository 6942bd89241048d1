/**
 * The entry of a worker's thread. Before its first task of a kind it runs that part of the self-test, and each answer tells
 * the outcome: so each worker has shown that it sees what it is asked to look for.
 */
import { workerData } from 'node:worker_threads';
import { messageOf } from './errors.js';
import type { Related } from './relate/relate.js';
import type { RelatedTokens } from './relate/tokens/relate-tokens.js';
import { runSelfTest } from './selftest/run.js';
import type { Part } from './sieve/parts.js';
import type { Answer, RelateTask, ScanResult, ScanTask, SelfTest, TokenTask, WorkerSetup } from './sieve/protocol.js';
import { relateTask, tokenTask } from './sieve/relate-task.js';
import { Scanner } from './sieve/scanner.js';

// Parsers throw for every hit that is none of theirs: nobody reads those stacks, and taking them costs most of the time.
Error.stackTraceLimit = 0;

// Piscina wraps the data that it passes on: [its own, ours].
const setup = (Array.isArray(workerData) ? workerData[1] : workerData) as WorkerSetup;
const scanner = await Scanner.create(setup.kernel, setup.credentials);
/** By part: once in this thread. */
const outcomes = new Map<Part, Promise<SelfTest>>();

export default async function scan(task: ScanTask): Promise<Answer<ScanResult>> {
  const selfTest = await tested('encoded');
  return { result: scanner.scan(task), part: 'encoded', selfTest };
}

/** The last tasks of a dump: relate what all its windows gathered. */
export async function relate(task: RelateTask): Promise<Answer<Related>> {
  const selfTest = await tested(task.share);
  return { result: relateTask(task), part: task.share, selfTest };
}

/** After it: relate the signed tokens. */
export async function relateTokens(task: TokenTask): Promise<Answer<RelatedTokens>> {
  const selfTest = await tested('tokens');
  return { result: tokenTask(task), part: 'tokens', selfTest };
}

/** For a part that no task needed. */
export async function test(part: Part): Promise<Answer<undefined>> {
  return { result: undefined, part, selfTest: await tested(part) };
}

/** Told with every answer: a task that fails has none. A self-test that fails in an unforeseen way has missed all. */
function tested(part: Part): Promise<SelfTest> {
  const known = outcomes.get(part);
  if (known) return known;
  const outcome = runSelfTest(scanner, setup.credentials, part).catch((error: unknown) => ({
    planted: 0,
    missed: [`everything (${messageOf(error)})`],
  }));
  outcomes.set(part, outcome);
  return outcome;
}
