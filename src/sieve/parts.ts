/** The parts of the self-test: what a thread tests before it does the like of it. */
import { SHARES } from '../relate/shares.js';

/** All that stands encoded, what relates tokens, or the numbers that one share of the relating stage looks for. */
export type Part = 'encoded' | 'tokens' | number;
export const PARTS: readonly Part[] = ['encoded', 'tokens', ...Array.from({ length: SHARES }, (_, share) => share)];
