/** All detectors, in the order in which they judge hits at the same position. */
import type { Detector } from './detector.js';

export const DETECTORS: readonly Detector[] = [];
