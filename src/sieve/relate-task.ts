/** What a worker does with one share of relating what all windows of a dump gathered. */
import { NumberStore } from '../relate/number-store.js';
import { type Related, relateNumbers } from '../relate/relate.js';
import type { RelateTask } from './protocol.js';

export function relateTask({ numbers, ...order }: RelateTask): Related {
  return relateNumbers(new NumberStore(numbers), order);
}
