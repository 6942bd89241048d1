/**
 * The report as one page that needs nothing else: no script, no network, readable in the dark, on a phone and on paper.
 * It is well-formed XML, too. Worst inputs come first; what is left out for its size is told.
 */
import { hasDetail, urgencyOf } from '../../findings/urgency.js';
import type { InputReport, ScanReport } from '../../types.js';
import { byteCount } from '../bytes.js';
import { adviceOn, conclusionOf, withFindings } from '../conclusion.js';
import { bySeverity, countBySeverity, describeFormat, describePath } from '../describe.js';
import { formatRate, formatSeconds, plural } from '../units.js';
import { Budget, LIMITS } from './budget.js';
import { coverageBar } from './coverage.js';
import { inputSection, verdictBadge } from './input.js';
import { foreign, Markup, markup } from './markup.js';
import { STYLE } from './style.js';

/** Nothing is fetched, nothing runs; styles are the page's own. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** The pattern of what was not read; drawings refer to it. */
const DEFS = new Markup(
  '<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false"><defs>' +
    '<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">' +
    '<rect class="hatch-ground" width="5" height="5"/><rect class="hatch-line" width="2" height="5"/></pattern>' +
    '<pattern id="hole" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">' +
    '<rect class="hole-ground" width="6" height="6"/><rect class="hole-line" width="1.2" height="6"/></pattern>' +
    '</defs></svg>',
);

export function renderHtml(report: ScanReport): string {
  const { verdict, text } = conclusionOf(report);
  const loud = report.inputs
    .filter(hasDetail)
    .map((input, index) => ({ input, index }))
    .sort((a, b) => urgencyOf(a.input) - urgencyOf(b.input) || a.index - b.index)
    .map(({ input }) => input);
  const quiet = report.inputs.filter((input) => !hasDetail(input));
  const budget = new Budget();
  const sections = loud.slice(0, LIMITS.sections).map((input, index) => {
    return inputSection(input, idOf(index), report.finishedAt, budget);
  });
  const page = markup`<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" lang="en"><head><meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="${POLICY}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/><meta name="color-scheme" content="light dark"/><meta name="referrer" content="no-referrer"/>
<title>dumpsieve: ${text}</title><style>${STYLE}</style></head>
<body><a class="skip" href="#inputs">To the inputs</a>${DEFS}
<header class="${verdict}"><p class="tool">dumpsieve ${report.tool.version} · secrets in dumps</p>
<h1>${capitalised(text)}</h1>
${adviceOn(report).map((advice) => markup`<p>${advice}</p>`)}</header>
<main id="inputs">
${summary(report)}
${loud.length > 1 && overview(loud)}
${sections}${unlisted(loud.length - sections.length, 'input', 'without a section of its own')}
${quiet.length > 0 && cleanInputs(quiet)}
</main>
<footer><p>This page holds no bytes of any key or credential. Keys are named by fingerprints of their public halves. The whole account is in the JSON report (--format json).</p></footer>
</body></html>
`;
  return page.text;
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function idOf(index: number): string {
  return `input-${index + 1}`;
}

function summary({ inputs, summary: sums, selfTest, tool, startedAt, finishedAt }: ScanReport): Markup {
  const timed = sums.seconds > 0 && sums.bytes >= 1e6;
  const entries: Array<readonly [string, string]> = [
    ['inputs', String(sums.inputs)],
    [withFindings(inputs), String(sums.findings)],
    ['incomplete', String(sums.incomplete)],
    ['with errors', String(sums.errors)],
    ['clean', String(sums.clean)],
    ['scanned', byteCount(sums.bytes)],
    ['took', `${formatSeconds(sums.seconds)}${timed ? `, ${formatRate(sums.bytes / sums.seconds)}` : ''}`],
    ['self-test', `${selfTest.found} of ${selfTest.planted} specimens found`],
    ['started', instant(startedAt)],
    ['finished', instant(finishedAt)],
    ['rules', tool.ruleset],
  ];
  return markup`<section aria-labelledby="summary"><h2 id="summary">Summary</h2>
<dl class="facts">${entries.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}

/** `2026-03-04 03:00:02 UTC`. */
function instant(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}

function overview(inputs: readonly InputReport[]): Markup {
  const rows = inputs.slice(0, LIMITS.listed).map((input, index) => {
    const name = foreign(describePath(input));
    const path = index < LIMITS.sections ? markup`<a href="#${idOf(index)}">${name}</a>` : name;
    const counts = countBySeverity(bySeverity(input.findings).active).join(', ');
    const bar = input.coverage.bytes > 0 && coverageBar(input.coverage);
    return markup`<tr><td>${verdictBadge(input)}</td><th scope="row">${path}</th><td>${counts}</td><td class="wide">${byteCount(input.size)}</td><td class="wide bar-cell">${bar}</td></tr>
`;
  });
  return markup`<nav aria-labelledby="overview"><h2 id="overview">What needs attention</h2>
<table class="overview"><thead><tr><th scope="col">Verdict</th><th scope="col">Input</th><th scope="col">Findings</th><th scope="col" class="wide">Size</th><th scope="col" class="wide">Coverage</th></tr></thead><tbody>
${rows}</tbody></table>${unlisted(inputs.length - rows.length, 'input', 'not listed here')}</nav>`;
}

function cleanInputs(inputs: readonly InputReport[]): Markup {
  const rows = inputs.slice(0, LIMITS.listed).map((input) => {
    const { holes } = input.coverage;
    const facts = [describeFormat(input), byteCount(input.size), holes > 0 ? `${byteCount(holes)} in holes` : ''];
    const remarks = input.warnings.slice(0, LIMITS.lines).map(({ message }) => markup`<br/>${foreign(message)}`);
    return markup`<li>${verdictBadge(input)} ${foreign(describePath(input))} <small>${foreign(facts.filter((fact) => fact !== '').join(', '))}${remarks}</small></li>
`;
  });
  return markup`<section aria-labelledby="clean"><h2 id="clean">Clean: ${plural(inputs.length, 'input')}</h2>
<ul class="clean-inputs">
${rows}</ul>${unlisted(inputs.length - rows.length, 'clean input', 'not listed here')}</section>`;
}

function unlisted(count: number, what: string, how: string): Markup | false {
  return count > 0 && markup`<p class="note">and ${plural(count, `more ${what}`)}, ${how} (see --format json)</p>`;
}
