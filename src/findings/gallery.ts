/** Keeps the pictures of the worst inputs only: memory must not grow with the number of dumps. */
import type { InputReport } from '../types.js';
import { urgencyOf } from './urgency.js';

/** More maps than this nobody looks at, and no browser shows with ease. */
export const MAX_PICTURES = 40;

interface Hung {
  readonly reports: InputReport[];
  readonly at: number;
  readonly urgency: number;
  readonly index: number;
}

export class Gallery {
  readonly #hung: Hung[] = [];
  readonly #most: number;

  constructor(most = MAX_PICTURES) {
    this.#most = most;
  }

  /**
   * Takes the reports of the input with that index, and takes down the pictures that are least urgent. What is left does
   * not depend on the order of the calls.
   */
  hang(reports: InputReport[], index: number): void {
    reports.forEach((report, at) => {
      if (report.picture) this.#hung.push({ reports, at, urgency: urgencyOf(report), index });
    });
    if (this.#hung.length <= this.#most) return;
    this.#hung.sort((a, b) => a.urgency - b.urgency || a.index - b.index || a.at - b.at);
    for (const { reports: of, at } of this.#hung.splice(this.#most)) {
      const { picture: _, ...rest } = of[at] as InputReport;
      of[at] = rest;
    }
  }
}
