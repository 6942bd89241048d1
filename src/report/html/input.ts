/** The section of one input: what it is, what was read, where its findings lie, and the findings themselves. */
import type { InputReport } from '../../types.js';
import { byteCount } from '../bytes.js';
import {
  bySeverity,
  countBySeverity,
  describeCrash,
  describeFormat,
  describePath,
  describeVerdict,
  hexOffset,
} from '../describe.js';
import { plural } from '../units.js';
import { addressMap } from './address-map.js';
import { type Budget, LIMITS } from './budget.js';
import { coverageSection } from './coverage.js';
import { dumpMap } from './dump-map.js';
import { chip, findingArticle, severityOf } from './finding.js';
import { foreign, type Markup, markup } from './markup.js';
import type { Shown } from './pins.js';

export function verdictBadge(input: Pick<InputReport, 'verdict' | 'findings'>): Markup {
  return markup`<span class="verdict ${input.verdict}">${describeVerdict(input)}</span>`;
}

/** `id` of the section. */
export function inputSection(input: InputReport, id: string, now: string, budget: Budget): Markup {
  const { active, waived } = bySeverity(input.findings);
  const all = [...active, ...waived];
  const shown = budget.findings(all).map((finding, index): Shown => {
    const number = index + 1;
    return { finding, number, anchor: `${id}-${number}`, places: budget.places(finding.locations) };
  });
  const { picture } = input;
  return markup`<section class="input" id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${verdictBadge(input)} ${foreign(describePath(input))}</h2>
${facts(input)}
${findingsTable(shown, all.length)}
${warnings(input)}
<h3>Coverage</h3>
${coverageSection(input.coverage)}
${
  picture
    ? markup`<h3>Where</h3>
${dumpMap(input, picture, shown)}${addressMap('virtual', picture.virtual, shown)}${addressMap('physical', picture.physical, shown)}`
    : input.size > 0 && markup`<p class="note">No map of this input was drawn.</p>`
}
${shown.length > 0 && markup`<h3>Findings in full</h3>`}
${shown.map((one) => findingArticle(one, now))}</section>
`;
}

function facts(input: InputReport): Markup {
  const { file, path, findings, picture } = input;
  const counts = countBySeverity(bySeverity(findings).active);
  const entries: Array<readonly [string, string]> = [
    ['format', describeFormat(input)],
    ...(input.crash ? [['crash', describeCrash(input.crash)] as const] : []),
    ['size', byteCount(input.size)],
    ['findings', counts.length > 0 ? counts.join(', ') : 'none'],
    ...(file !== undefined && file !== path ? [['file', file] as const] : []),
    ...(picture?.facts.slice(0, LIMITS.lines) ?? []),
  ];
  return markup`<dl class="facts">${entries.map(([name, value]) => markup`<div><dt>${foreign(name, 40)}</dt><dd>${foreign(value)}</dd></div>`)}</dl>`;
}

function findingsTable(shown: readonly Shown[], all: number): Markup | false {
  if (all === 0) return false;
  const rows = shown.map((one) => {
    const { finding, anchor } = one;
    const [first] = finding.locations;
    const key = keyOf(one);
    const places = finding.locations.length + (finding.moreLocations ?? 0);
    return markup`<tr><td>${chip(one)}</td><td>${severityOf(finding)}</td><th scope="row"><a href="#${anchor}">${foreign(finding.title)}</a>${key !== '' && markup`<small class="narrow">${foreign(key)}</small>`}</th><td class="wide">${foreign(key)}</td><td class="wide">${finding.confidence}</td><td class="number">${places}</td><td class="wide">${first && markup`<code>${hexOffset(first.offset)}</code> ${first.region}`}</td></tr>
`;
  });
  const rest = all - shown.length;
  return markup`<h3>Findings</h3>
<div class="scroll" role="region" aria-label="Findings" tabindex="0"><table class="findings"><thead><tr><th scope="col">No.</th><th scope="col">Severity</th><th scope="col">Finding</th><th scope="col" class="wide">Key</th><th scope="col" class="wide">Confidence</th><th scope="col" class="number">Places</th><th scope="col" class="wide">First at</th></tr></thead><tbody>
${rows}</tbody></table></div>${rest > 0 && markup`<p class="note">and ${plural(rest, 'more finding')}, not listed here (see --format json)</p>`}`;
}

function keyOf({ finding: { key } }: Shown): string {
  if (key === undefined) return '';
  const size = key.curve ?? (key.bits === undefined ? '' : `${key.bits} bits`);
  const [certificate] = key.certificates ?? [];
  return [size === key.algorithm ? key.algorithm : `${key.algorithm} ${size}`, certificate?.subject ?? '']
    .filter((text) => text.trim() !== '')
    .join(', ');
}

function warnings({ warnings }: InputReport): Markup | false {
  if (warnings.length === 0) return false;
  const items = warnings
    .slice(0, LIMITS.lines)
    .map(
      ({ code, message, incomplete }) =>
        markup`<li${incomplete && markup` class="incomplete"`}>${foreign(message, 1000)} <code>${foreign(code)}</code></li>`,
    );
  const rest = warnings.length - items.length;
  return markup`<h3>Warnings</h3>
<ul class="warnings">${items}${rest > 0 && markup`<li>and ${rest} more (see --format json)</li>`}</ul>`;
}
