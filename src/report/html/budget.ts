/** What one page may hold: past it, browsers become slow, and nobody reads on. The JSON report has everything. */
export const LIMITS = {
  /** Inputs with a section of their own. */
  sections: 200,
  /** Inputs listed in the table of those that need attention, and as many that are clean. */
  listed: 1000,
  /** Findings told in full, for one input and for the page. */
  findingsOfInput: 100,
  findings: 1000,
  /** Places listed, for one finding and for the page. */
  placesOfFinding: 24,
  places: 8000,
  certificates: 8,
  /** Lines of warnings, reasons, evidence or facts. */
  lines: 20,
} as const;

/** Places and findings that are left for the page. */
export class Budget {
  #findings: number = LIMITS.findings;
  #places: number = LIMITS.places;

  /** The first of them, as many as may be told. */
  findings<T>(all: readonly T[]): readonly T[] {
    const taken = all.slice(0, Math.min(LIMITS.findingsOfInput, this.#findings));
    this.#findings -= taken.length;
    return taken;
  }

  places<T>(all: readonly T[]): readonly T[] {
    const taken = all.slice(0, Math.min(LIMITS.placesOfFinding, this.#places));
    this.#places -= taken.length;
    return taken;
  }
}
