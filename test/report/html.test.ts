import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { accountFor } from '../../src/findings/coverage.js';
import { renderHtml } from '../../src/report/html/page.js';
import { COLOURS } from '../../src/report/html/style.js';
import { renderJson } from '../../src/report/json.js';
import { renderJunit } from '../../src/report/junit.js';
import { sanitize } from '../../src/report/sanitize.js';
import { renderSarif } from '../../src/report/sarif.js';
import type { ScanReport } from '../../src/types.js';
import { everything, finding, HOSTILE, hostile, input, location, picture, report } from './build.js';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  htmlEntities: true,
  trimValues: false,
  parseTagValue: false,
});

type Raw = Record<string, unknown>;

function elementOf(raw: Raw): Element {
  const name = Object.keys(raw).find((key) => key !== ':@') as string;
  if (name === '#text') return { name, attributes: {}, children: [], text: String(raw[name]) };
  const children = (raw[name] as Raw[]).map(elementOf);
  const attributes = (raw[':@'] ?? {}) as Record<string, string>;
  return { name, attributes, children, text: children.map(({ text }) => text).join('') };
}

/** Every element, in document order. Fails where the page is not well-formed. */
function elements(of: ScanReport): Element[] {
  const page = renderHtml(of);
  expect(XMLValidator.validate(page)).toBe(true);
  const walk = (element: Element): Element[] => [element, ...element.children.flatMap(walk)];
  const parsed = parser.parse(page.replace('<!DOCTYPE html>\n', '')) as Raw[];
  return parsed.map(elementOf).flatMap(walk);
}

const named = (all: readonly Element[], ...names: string[]) => all.filter(({ name }) => names.includes(name));
const classed = (all: readonly Element[], name: string) =>
  all.filter(({ attributes }) => (attributes.class ?? '').split(' ').includes(name));
const attributesOf = (all: readonly Element[], name: string) => all.flatMap(({ attributes }) => attributes[name] ?? []);

const SIZE = 1_000_000;
/** Two findings in four places, two of them side by side, one of them waived; skipped, holes, missing, addresses of both kinds. */
const drawn = report([
  input('clean.core'),
  input('core.1', {
    format: 'elf-core',
    size: SIZE,
    coverage: accountFor(SIZE, SIZE + 5000, 8192, [{ offset: 700_000, length: 9000, reason: 'read error: EIO' }]),
    findings: [
      finding('a', {
        locations: [
          location(5000, { address: '0x7f0400' }),
          location(5050, { address: undefined }),
          location(900_000, { address: undefined }),
        ],
      }),
      finding('b', {
        severity: 'high',
        waived: { reason: 'known' },
        locations: [location(5100, { address: '0x7f0500', physical: '0x2000' })],
      }),
    ],
    picture: picture(SIZE),
  }),
]);

describe('the HTML report', () => {
  it('is one page that needs nothing else and runs nothing', () => {
    const all = elements(drawn);
    const policy = all.find(({ attributes }) => attributes['http-equiv'] === 'Content-Security-Policy');
    expect(policy?.attributes.content).toContain("default-src 'none'; style-src 'unsafe-inline'; img-src data:");
    expect(named(all, 'script', 'link', 'img', 'iframe', 'object', 'embed', 'form', 'base')).toEqual([]);
    expect(all.flatMap(({ attributes }) => Object.keys(attributes)).filter((name) => /^on|^src/.test(name))).toEqual(
      [],
    );
    expect(attributesOf(all, 'href').filter((href) => !href.startsWith('#'))).toEqual([]);
    const style = named(all, 'style')[0]?.text ?? '';
    expect(style.replace(/url\(#\w+\)/g, '')).not.toMatch(/url\(|@import|@font-face/);
  });

  it('can be found one’s way in: landmarks, headings in order, heads of tables, names of drawings', () => {
    const all = elements(drawn);
    for (const landmark of ['header', 'main', 'footer', 'h1', 'title', 'html']) {
      const count =
        landmark === 'title' ? named(all, 'head')[0]?.children.filter((e) => e.name === 'title') : named(all, landmark);
      expect(count, landmark).toHaveLength(1);
    }
    const levels = named(all, 'h1', 'h2', 'h3', 'h4').map(({ name }) => Number(name[1]));
    expect(levels.filter((level, i) => level > (levels[i - 1] ?? 0) + 1)).toEqual([]);
    for (const cell of named(all, 'th')) expect(cell.attributes.scope, cell.text).toMatch(/^(row|col)$/);
    for (const drawing of classed(all, 'piece')) {
      expect(drawing.attributes.role).toBe('group');
      expect(drawing.children.slice(0, 2).map(({ name }) => name)).toEqual(['title', 'desc']);
    }
  });

  it('has links that lead somewhere, and no name twice', () => {
    for (const of of [drawn, everything, hostile]) {
      const all = elements(of);
      const ids = attributesOf(all, 'id');
      expect(new Set(ids).size).toBe(ids.length);
      const targets = [
        ...attributesOf(all, 'href').map((href) => href.slice(1)),
        ...attributesOf(all, 'aria-labelledby'),
      ];
      expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
    }
  });

  it('tells what the others tell', () => {
    const all = elements(everything);
    const text = named(all, 'body')[0]?.text ?? '';
    for (const { path, findings, warnings } of everything.inputs) {
      expect(text).toContain(path);
      for (const { message, code } of warnings) expect(text).toContain(`${message} ${code}`);
      for (const { id, title, key, evidence, locations, waived } of findings) {
        const shown = [id, title, key?.spkiSha256, key?.sshFingerprint, key?.known, waived?.reason, ...evidence];
        const certificates =
          key?.certificates?.flatMap(({ subject, serial, sha256 }) => [subject, serial, sha256]) ?? [];
        const places = locations.flatMap(({ offset, address }) => [`0x${offset.toString(16)}`, address]);
        for (const part of [...shown, ...certificates, ...places]) expect(text).toContain(part ?? '');
      }
    }
    expect(text).toContain('15 places');
    expect(text).toContain('and 4 more places');
    expect(text).toContain('21 of 21 specimens found');
  });

  it('gives a clean input one line, with its remarks', () => {
    const warnings = [{ code: 'X', message: 'not everything was tried', incomplete: false }];
    const all = elements(report([input('a'), input('b', { warnings })]));
    expect(classed(all, 'input')).toEqual([]);
    expect(classed(all, 'clean-inputs')[0]?.children.filter(({ name }) => name === 'li')).toHaveLength(2);
    expect(named(all, 'body')[0]?.text).toContain('not everything was tried');
    expect(named(all, 'h1')[0]?.text).toBe('Clean, every byte was scanned for private keys');
  });

  it('never calls incomplete or unread inputs clean', () => {
    for (const verdict of ['incomplete', 'error'] as const) {
      const all = elements(report([input('a', { verdict })]));
      expect(named(all, 'h1')[0]?.text).not.toMatch(/clean/i);
      expect(classed(all, 'verdict').map(({ text }) => text)).not.toContain('CLEAN');
    }
  });

  it('has a pin for each place that it lists, in the map and by address, under the number of the table', () => {
    const all = elements(drawn);
    const maps = classed(all, 'map').map((map) => {
      const walk = (element: Element): Element[] => [element, ...element.children.flatMap(walk)];
      return classed(walk(map), 'pin').map(({ attributes }) => attributes['data-finding']);
    });
    expect(maps).toEqual([['1', '1', '2', '1'], ['1', '2'], ['2']]);
    expect(classed(all, 'finding').map(({ attributes }) => attributes.id)).toEqual(['input-1-1', 'input-1-2']);
    const rows = classed(all, 'places').flatMap(({ children }) => children.filter(({ name }) => name === 'tbody'));
    expect(rows.flatMap(({ children }) => children.filter(({ name }) => name === 'tr'))).toHaveLength(4);
  });

  it('puts a pin where the place is', () => {
    const all = elements(drawn);
    const [first] = classed(all, 'pin');
    // The first piece has 248 cells of 2048 bytes less the rest of a division by four pieces.
    const bytes = Math.ceil(Math.ceil((SIZE + 5000) / 2048) / 4) * 2048;
    expect(Number(first?.attributes.d?.match(/^M([\d.]+)/)?.[1])).toBeCloseTo((5000 / bytes) * 340, 1);
  });

  it('shows what was not read: hatched, in words, and with each reason', () => {
    const all = elements(drawn);
    const text = named(all, 'body')[0]?.text ?? '';
    expect(classed(all, 'piece').some(({ children }) => classed(children, 'skipped').length > 0)).toBe(true);
    expect(classed(all, 'k-hole').length).toBeGreaterThan(0);
    expect(text).toContain('skipped: read error: EIO');
    expect(text).toContain('8.0 KiB in holes');
  });
});

describe('the HTML report of hostile names', () => {
  const traps = report([
    ...hostile.inputs.map((one) => ({ ...one, picture: picture(100_000, HOSTILE) })),
    input('</title><script>alert(1)</script>', { verdict: 'incomplete' }),
    input('"><img src=x onerror=alert(1)>', { verdict: 'error' }),
    input("]]></style>{}*{background:url('http://evil.example/')}", { verdict: 'error' }),
  ]);

  it('has no element, attribute or style that a name chose', () => {
    const shape = (of: ScanReport) => {
      const all = elements(of);
      return new Set(all.flatMap(({ name, attributes }) => [name, ...Object.keys(attributes).map((key) => `@${key}`)]));
    };
    const known = new Set([...shape(drawn), ...shape(everything)]);
    expect([...shape(traps)].filter((name) => !known.has(name))).toEqual([]);
    const styles = attributesOf(elements(traps), 'style');
    expect(styles.filter((style) => !/^flex-grow:[\d.]+$/.test(style))).toEqual([]);
  });

  it('holds no control character, override or surrogate, and shows the names as they are', () => {
    expect(renderHtml(traps).replaceAll('\n', '')).not.toMatch(/\p{C}/u);
    const text = named(elements(traps), 'body')[0]?.text ?? '';
    expect(text).toContain(sanitize(HOSTILE));
    expect(text).toContain('</title><script>alert(1)</script>');
  });
});

describe('the HTML report of very much', () => {
  it('stays a page that a browser can show, and says what it leaves out', () => {
    const many = Array.from({ length: 10_000 }, (_, index) =>
      input(`share/${index}.core`, {
        findings: [finding(`${index}`, { locations: Array.from({ length: 100 }, (__, i) => location(i * 64)) })],
        ...(index < 40 && { picture: picture(4_000_000) }),
      }),
    );
    const clean = Array.from({ length: 10_000 }, (_, index) => input(`clean/${index}.core`));
    const page = renderHtml(report([...clean, ...many]));
    expect(page.length).toBeLessThan(8_000_000);
    expect(page).toContain('and 9800 more inputs, without a section');
    expect(page).toContain('and 9000 more inputs, not listed here');
    expect(page).toContain('and 9000 more clean inputs, not listed here');
    expect(page).toContain('and 76 more places, not listed here');
    expect(page).toContain('10000 keys found');
  });

  it('shows the worst first', () => {
    const all = elements(
      report([
        input('low', { findings: [finding('a', { severity: 'low' })] }),
        input('incomplete', { verdict: 'incomplete' }),
        input('critical', { findings: [finding('b')] }),
        input('error', { verdict: 'error' }),
      ]),
    );
    const titles = classed(all, 'input').map(({ children }) => children.find(({ name }) => name === 'h2')?.text);
    expect(titles.map((title) => title?.split(' ').at(-1))).toEqual(['critical', 'low', 'error', 'incomplete']);
  });

  it('counts findings beyond a hundred', () => {
    const findings = Array.from({ length: 3000 }, (_, index) => finding(`${index}`));
    const all = elements(report([input('a', { findings })]));
    expect(classed(all, 'finding')).toHaveLength(100);
    expect(named(all, 'body')[0]?.text).toContain('and 2900 more findings');
  });

  it('draws thousands of skipped spans and regions in a few elements', () => {
    const skipped = Array.from({ length: 5000 }, (_, i) => ({ offset: i * 200, length: 100, reason: `reason ${i}` }));
    const strips = Array.from({ length: 2000 }, (_, i) => ({
      offset: i * 500,
      length: 500,
      kind: i % 2 ? ('heap' as const) : ('stack' as const),
    }));
    const over = { verdict: 'incomplete' as const, coverage: accountFor(SIZE, SIZE, 0, skipped) };
    const page = renderHtml(report([input('a', { ...over, size: SIZE, picture: picture(SIZE, 'x', { strips }) })]));
    expect(page.length).toBeLessThan(300_000);
    expect(page).toContain('4980 further reasons');
  });
});

describe('the picture', () => {
  it('is in no other format', () => {
    const without = { ...drawn, inputs: drawn.inputs.map(({ picture: _, ...rest }) => rest) };
    for (const render of [renderJson, renderSarif, renderJunit]) expect(render(drawn)).toBe(render(without));
  });
});

describe('the colours', () => {
  const luminance = (colour: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  /** WCAG 2.2, "contrast ratio". */
  const contrast = (a: string, b: string) => {
    const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };
  const KINDS = ['heap', 'stack', 'module', 'mapped-file', 'anonymous', 'vdso', 'metadata', 'physical', 'raw', 'gap'];
  const TEXTS = ['ink', 'soft', 'link', 'critical', 'high', 'medium', 'low', 'waived', 'clean', 'error'];

  it.each([
    ['light', 1],
    ['dark', 2],
  ] as const)('can be read: text has a contrast of 4.5 and more (%s)', (_, column) => {
    const colour = (name: string) => COLOURS.find(([own]) => own === name)?.[column] ?? '';
    const pairs = [
      ...TEXTS.flatMap((text) => [`${text} ground`, `${text} panel`]),
      ...KINDS.map((kind) => `ink ${kind}`),
      ...['critical', 'high', 'medium', 'clean', 'error'].map((tone) => `on ${tone}`),
    ];
    const poor = pairs.filter((pair) => {
      const [text = '', ground = ''] = pair.split(' ').map(colour);
      return contrast(text, ground) < 4.5;
    });
    expect(poor).toEqual([]);
  });
});
