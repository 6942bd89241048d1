/** What of an input was read and what was not: as a bar, in words, and as a table with every reason. */
import type { Coverage } from '../../types.js';
import { byteCount } from '../bytes.js';
import { describeCoverage, skippedByReason } from '../describe.js';
import { plural } from '../units.js';
import { LIMITS } from './budget.js';
import { foreign, type Markup, markup } from './markup.js';

export function coverageSection(coverage: Coverage): Markup {
  if (coverage.bytes === 0) return markup`<p>No bytes to account for.</p>`;
  return markup`${coverageBar(coverage)}<p>${describeCoverage(coverage)}.</p>${coverageTable(coverage)}`;
}

export function coverageBar(coverage: Coverage): Markup {
  const { scanned, holes } = coverage;
  const parts = [
    ['scanned', scanned],
    ['hole', holes],
    ['skipped', skippedBytes(coverage)],
  ] as const;
  const drawn = parts
    .filter(([, bytes]) => bytes > 0)
    .map(
      ([name, bytes]) =>
        markup`<span class="${name}" style="flex-grow:${((bytes / coverage.bytes) * 1000).toFixed(2)}"></span>`,
    );
  return markup`<div class="bar" role="img" aria-label="${describeCoverage(coverage)}">${drawn}</div>`;
}

function coverageTable(coverage: Coverage): Markup {
  const { bytes, scanned, holes } = coverage;
  const reasons = skippedByReason(coverage);
  const rest = reasons.slice(LIMITS.lines);
  const restBytes = rest.reduce((sum, [, length]) => sum + length, 0);
  const row = (swatch: string, what: Markup | string, length: number) =>
    markup`<tr><th scope="row"><span class="swatch ${swatch}"></span>${what}</th><td>${byteCount(length)}</td><td>${share(length, bytes)}</td></tr>`;
  return markup`<table class="coverage"><thead><tr><th scope="col">Bytes of the dump</th><th scope="col">Size</th><th scope="col">Share</th></tr></thead><tbody>
${row('scanned', 'scanned', scanned)}${holes > 0 && row('hole', 'holes: declared, not in the dump', holes)}${reasons
  .slice(0, LIMITS.lines)
  .map(([reason, length]) => row('skipped', markup`skipped: ${foreign(reason)}`, length))}${
  rest.length > 0 && row('skipped', `skipped: ${plural(rest.length, 'further reason')}`, restBytes)
}<tr class="total"><th scope="row">all</th><td>${byteCount(bytes)}</td><td>100 %</td></tr></tbody></table>`;
}

function skippedBytes({ skipped }: Coverage): number {
  return skipped.reduce((sum, { length }) => sum + length, 0);
}

/** Never 0 % for something, nor 100 % for not everything. */
function share(part: number, whole: number): string {
  const percent = (part / whole) * 100;
  if (part === whole || part === 0) return `${percent} %`;
  return percent < 0.1 ? '< 0.1 %' : percent > 99.9 ? '> 99.9 %' : `${percent.toFixed(1)} %`;
}
