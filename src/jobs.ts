/** How many workers a scan uses when nobody says. */
import { availableParallelism } from 'node:os';

/** More workers than this only wait for the disk. */
const MOST = 8;

export function defaultJobs(): number {
  return Math.min(availableParallelism(), MOST);
}
