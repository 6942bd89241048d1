/** One finding in full: which key, what proves it, its public names, and where it lies. */
import type { CertificateName, Finding, Location } from '../../types.js';
import { describeKey, describePlace, hexOffset, isExpired } from '../describe.js';
import { plural } from '../units.js';
import { LIMITS } from './budget.js';
import { foreign, type Markup, markup, type Part } from './markup.js';
import { type Shown, toneOf } from './pins.js';

/** Further addresses of the same bytes. */
const MAX_ALSO = 4;

export function chip({ finding, number }: Pick<Shown, 'finding' | 'number'>): Markup {
  return markup`<span class="chip ${toneOf(finding)}">${number}</span>`;
}

export function severityOf(finding: Finding): Markup {
  return markup`<strong class="severity ${toneOf(finding)}">${finding.severity}${finding.waived && ', waived'}</strong>`;
}

export function findingArticle(shown: Shown, now: string): Markup {
  const { finding, anchor } = shown;
  const { title, key, confidence, evidence, id, rule, waived } = finding;
  const names = [
    ['SPKI SHA-256', key?.spkiSha256],
    ['SSH', key?.sshFingerprint],
    ['JWK thumbprint', key?.jwkThumbprint],
    ['id', id],
    ['rule', rule],
  ] as const;
  const until = waived?.expires === undefined ? '' : ` until ${waived.expires}`;
  return markup`<article class="finding ${toneOf(finding)}" id="${anchor}"><h4>${chip(shown)} ${severityOf(finding)} ${foreign(title)}</h4>
<dl>${key && entry('key', foreign(describeKey(key)))}${
    key?.known !== undefined && entry('published', markup`${foreign(key.known)}: a test key that is no secret`)
  }${waived && entry('waived', foreign(`${waived.reason}${until}`))}${entry(
    'confidence',
    markup`<b>${confidence}</b>${evidence.slice(0, LIMITS.lines).map((line) => markup`<br/>${foreign(line)}`)}${more(evidence.length - LIMITS.lines)}`,
  )}${names.map(([name, value]) => value !== undefined && entry(name, markup`<code>${foreign(value)}</code>`))}${certificates(
    key?.certificates ?? [],
    now,
  )}</dl>
${placesTable(shown)}</article>
`;
}

function entry(name: string, value: Part): Markup {
  return markup`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

function more(count: number): Part {
  return count > 0 && markup`<br/>and ${count} more`;
}

function certificates(all: readonly CertificateName[], now: string): Part {
  const listed = all.slice(0, LIMITS.certificates);
  return listed.map((certificate, index) => {
    const day = certificate.notAfter.slice(0, 10);
    const validity = isExpired(certificate, now) ? markup`expired on ${day}` : markup`<b>valid</b> until ${day}`;
    const last = index === listed.length - 1 && more(all.length - listed.length);
    return entry(
      'certificate',
      markup`${foreign(certificate.subject || '(no subject)')}<br/>serial <code>${foreign(certificate.serial)}</code>, ${validity}<br/>SHA-256 <code>${foreign(certificate.sha256)}</code>${last}`,
    );
  });
}

/** Columns that hold nothing for any place are left out. */
function placesTable({ finding, places, number }: Shown): Markup {
  const all = finding.locations.length + (finding.moreLocations ?? 0);
  const caption = `Finding ${number}: ${plural(all, 'place')}`;
  if (places.length === 0) return markup`<p>${caption}, not listed here.</p>`;
  const columns = COLUMNS.filter(({ cell }) => places.some((place) => cell(place) !== undefined));
  const rest = all - places.length;
  return markup`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table class="places"><caption>${plural(all, 'place')}</caption><thead><tr>${columns.map(({ name }) => markup`<th scope="col">${name}</th>`)}</tr></thead><tbody>
${places.map((place) => markup`<tr>${columns.map(({ cell }) => markup`<td>${cell(place)}</td>`)}</tr>\n`)}</tbody></table></div>${
    rest > 0 && markup`<p class="note">and ${plural(rest, 'more place')}, not listed here (see --format json)</p>`
  }`;
}

interface Column {
  readonly name: string;
  cell(location: Location): Part;
}

const COLUMNS: readonly Column[] = [
  { name: 'Offset', cell: ({ offset }) => markup`<code>${hexOffset(offset)}</code>` },
  { name: 'Bytes', cell: ({ length }) => length },
  { name: 'As', cell: ({ part }) => foreign(part) },
  { name: 'Address', cell: ({ address }) => code(address) },
  { name: 'Physical', cell: ({ physical }) => code(physical) },
  { name: 'Memory', cell: ({ region }) => region },
  { name: 'Module', cell: ({ module }) => some(module) },
  { name: 'Thread', cell: ({ thread }) => thread },
  { name: 'Process', cell: ({ process }) => some(process) },
  { name: 'Object', cell: ({ object }) => some(object) },
  { name: 'Within', cell: ({ container }) => some(container) },
  { name: 'Also', cell: ({ also }) => also && alsoAt(also) },
];

function some(text: string | undefined): Part {
  return text === undefined ? undefined : foreign(text);
}

function code(text: string | undefined): Part {
  return text === undefined ? undefined : markup`<code>${foreign(text)}</code>`;
}

function alsoAt(also: NonNullable<Location['also']>): Markup {
  const listed = also
    .slice(0, MAX_ALSO)
    .map((other, index) => [index > 0 && markup`<br/>`, foreign(describePlace(other).join(' '))]);
  return markup`${listed}${more(also.length - MAX_ALSO)}`;
}
