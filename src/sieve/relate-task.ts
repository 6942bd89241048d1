/** What a worker does with one share of relating what all windows of a dump gathered. */
import { NumberStore } from '../relate/number-store.js';
import { type Related, relateNumbers } from '../relate/relate.js';
import { type RelatedTokens, relateTokens } from '../relate/tokens/relate-tokens.js';
import type { RelateTask, TokenTask } from './protocol.js';

export function relateTask({ numbers, ...order }: RelateTask): Related {
  return relateNumbers(new NumberStore(numbers), order);
}

export function tokenTask({ numbers, ...order }: TokenTask): RelatedTokens {
  return relateTokens(new NumberStore(numbers), order);
}
