/** The answers of `hunt`, for people and as JSON: for each known key where it is, or that it was not found. */
import type { HuntReport, Searched, Wanted } from '../hunt.js';
import type { Finding } from '../types.js';
import { byteCount } from './bytes.js';
import { hexOffset } from './describe.js';
import { renderJson } from './json.js';
import { safeJson, sanitize } from './sanitize.js';
import { plural } from './units.js';

const NOTES: Readonly<Record<Searched, string | undefined>> = {
  'every byte': undefined,
  'short runs': 'as a number looked for in short runs of random bytes, not inside bulk data',
  encodings: 'looked for in its encodings; not as a bare number, which this kind of key has no check for',
  name: 'only the hash is known: looked for among the keys that were found by themselves',
};

/** Places listed for one key in one dump. */
const MAX_PLACES = 12;

export function renderHunt({ report, wanted }: HuntReport): string {
  const lines = wanted.flatMap(answerLines);
  const { inputs, incomplete, errors, bytes } = report.summary;
  lines.push('', `${byteCount(bytes)} in ${plural(inputs, 'input')} examined.`);
  if (incomplete + errors > 0) lines.push('Not everything could be examined:');
  for (const { path, warnings, coverage } of report.inputs) {
    const skipped = coverage.skipped.map(({ offset, reason }) => `${hexOffset(offset)}: ${reason}`);
    const said = [...warnings.filter((warning) => warning.incomplete).map(({ message }) => message), ...skipped];
    lines.push(...said.slice(0, MAX_PLACES).map((text) => `  ${sanitize(path)}: ${sanitize(text)}`));
  }
  return `${lines.join('\n')}\n`;
}

function answerLines({ name, spkiSha256, searched, places }: Wanted): string[] {
  const lines = [`${places.length > 0 ? 'PRESENT' : 'not found'}  ${sanitize(name)}`, `  SPKI SHA256 ${spkiSha256}`];
  if (NOTES[searched]) lines.push(`  ${NOTES[searched]}`);
  for (const { path, finding } of places) {
    lines.push(`  in ${sanitize(path)}: ${finding.confidence}, ${sanitize(finding.evidence.join('; '))}`);
    lines.push(...placeLines(finding));
  }
  return lines;
}

function placeLines({ locations, moreLocations = 0 }: Finding): string[] {
  const lines = locations.slice(0, MAX_PLACES).map(({ part, offset, length, address, region }) => {
    const where = address === undefined ? '' : `, ${address} ${sanitize(region ?? '')}`;
    return `    ${hexOffset(offset)} ${sanitize(part)}, ${plural(length, 'byte')}${where}`;
  });
  const more = locations.length - lines.length + moreLocations;
  return more > 0 ? [...lines, `    and ${more} more`] : lines;
}

/** The scan's report with the field `hunt` added. */
export function renderHuntJson({ report, wanted }: HuntReport): string {
  const answers = wanted.map(({ name, spkiSha256, searched, places }) => ({
    name,
    spkiSha256,
    searched,
    status: places.length > 0 ? 'present' : 'not found',
    inputs: places.map(({ path, finding }) => ({
      path,
      finding: finding.id,
      parts: [...new Set(finding.locations.map(({ part }) => part))],
    })),
  }));
  return safeJson({ ...JSON.parse(renderJson(report)), hunt: answers });
}
