import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { columns } from '../../src/report/layout.js';
import { renderText } from '../../src/report/text.js';
import type { ScanReport } from '../../src/types.js';
import { certificate, everything, finding, HOSTILE, hostile, input, location, report } from './build.js';

const text = (of: ScanReport, width = 80) => renderText(of, { color: false, width });

/** Paths and names from the dump are not broken: they may be wider, on lines that hold nothing else. */
function isUnbreakable(line: string): boolean {
  return /^ *([\w-]+ )?\S+,?$/.test(line) && /[0-9a-f]{64}|[/\\]/.test(line);
}

describe('the text report', () => {
  it('shows every severity and verdict so that it can be read at 80 columns', async () => {
    await expect(text(everything)).toMatchFileSnapshot('__snapshots__/everything.txt');
  });

  it('says whose crash a dump is, and lets nobody write into the report', () => {
    const crash = { tool: 'abrt', program: '/usr/bin/a\u001b[2J\nVERDICT: clean', pid: 4711 } as const;
    const shown = text(report([input('coredump', { verdict: 'incomplete', crash })]));
    expect(shown).toMatch(/crash +\/usr\/bin\/a\\x1b\[2J\\nVERDICT: clean, process 4711 \(says ABRT\)/);
  });

  it('is one line for each clean input, and a verdict', async () => {
    const clean = report([input('a.core', { format: 'elf-core' }), input('-', { size: 7 })]);
    expect(text(clean)).toMatchInlineSnapshot(`
      "clean  a.core, elf-core, 97.7 KiB
      clean  standard input, raw, 7 B
      2 inputs: 2 clean
      97.7 KiB scanned in 2.5 s
      self-test: 21 of 21 planted specimens found
      VERDICT: clean, every byte was scanned for private keys
      "
    `);
  });

  it('counts clean inputs when there are many', () => {
    const many = text(report(Array.from({ length: 500 }, (_, index) => input(`share/${index}.core`))));
    expect(many).toContain('500 inputs: 500 clean');
    expect(many.split('\n').length).toBeLessThan(8);
  });

  it('has no line wider than the terminal but for fingerprints and paths', () => {
    for (const width of [60, 72, 80, 132]) {
      const wide = text(everything, width)
        .split('\n')
        .filter((line) => columns(line) > width);
      expect(wide.filter((line) => !isUnbreakable(line))).toEqual([]);
    }
    const narrow = text(everything, 80).split('\n');
    expect(narrow.filter((line) => columns(line) > 80)).toHaveLength(1);
  });

  it('names the most severe first', () => {
    const shown = text(everything);
    const order = ['CRITICAL: ', 'HIGH: ', 'MEDIUM: ', 'LOW: '].map((label) => shown.indexOf(label));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
  });

  it('tells that a certificate has expired, and leaves the severity', () => {
    const old = certificate('CN=old', { notAfter: '2020-01-01T00:00:00.000Z' });
    const shown = text(
      report([input('a', { findings: [finding('a', { key: { algorithm: 'RSA', certificates: [old] } })] })]),
    );
    expect(shown).toContain('expired on 2020-01-01');
    expect(shown).toContain('CRITICAL: ');
  });

  it('says what to do: rotate, and not only delete the dump', () => {
    const shown = text(everything).replaceAll('\n', ' ');
    expect(shown).toContain('Rotate every key');
    expect(shown).toContain('To delete the dump is not enough');
    expect(text(report([input('a')]))).not.toContain('Rotate');
  });

  it('never calls incomplete or unread inputs clean', () => {
    const incomplete = input('a', { verdict: 'incomplete' });
    const error = input('b', { verdict: 'error' });
    for (const inputs of [[incomplete], [error], [incomplete, error, input('c')]]) {
      expect(text(report(inputs))).not.toMatch(/VERDICT: clean/);
    }
    expect(text(report([incomplete])).replaceAll('\n', ' ')).toContain(
      'Do not take an incomplete result for a clean one',
    );
  });

  it('counts one key in many inputs once, and no waived one', () => {
    const same = [finding('one')];
    const waived = finding('two', { waived: { reason: 'test' } });
    const shown = text(report([input('a', { findings: same }), input('b', { findings: [...same, waived] })]));
    expect(shown).toContain('VERDICT: 1 key found');
  });

  it('lists everything with details', () => {
    const places = Array.from({ length: 30 }, (_, index) => location(index * 4096));
    const shown = (details: boolean) =>
      renderText(report([input('a', { findings: [finding('a', { locations: places })] })]), {
        color: false,
        width: 80,
        details,
      });
    expect(shown(false)).toContain('and 22 more');
    expect(shown(true)).not.toContain('more (see');
    expect(shown(true)).toContain('0x1d000 ');
  });

  it('stays short for an input with thousands of findings', () => {
    const many = Array.from({ length: 3000 }, (_, index) => finding(`${index}`));
    const shown = text(report([input('a', { findings: many })]));
    expect(shown).toContain('and 2900 more findings');
    expect(shown).toContain('VERDICT: 3000 keys found');
  });

  it('is the same in colour, but for the colours', () => {
    const colored = renderText(everything, { color: true, width: 80 });
    expect(colored).toContain('\u001b[31m');
    expect(stripVTControlCharacters(colored)).toBe(text(everything));
  });
});

describe('the text report of hostile names', () => {
  it('holds no control character, escape, override or surrogate', () => {
    expect(text(hostile).replaceAll('\n', '')).not.toMatch(/\p{C}/u);
    const colored = renderText(hostile, { color: true, width: 80 });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours that this program itself uses.
    const own = /\u001b\[(?:1|22|3[1-6]|39)m|\n/g;
    expect(colored.replaceAll(own, '')).not.toMatch(/\p{C}/u);
  });

  it('has no line that the dump wrote', () => {
    expect(HOSTILE).toContain('\nVERDICT: clean');
    expect(text(hostile)).not.toMatch(/^VERDICT: clean/m);
    expect(text(hostile).match(/^VERDICT/gm)).toHaveLength(1);
  });

  it('cuts texts of any length', () => {
    const long = `CN=${'long '.repeat(100_000)}`;
    const certificates = Array.from({ length: 1000 }, () => certificate(long));
    const one = finding('a', { key: { algorithm: 'RSA', certificates }, evidence: [long] });
    const warnings = Array.from({ length: 1000 }, () => ({ code: 'X', message: long, incomplete: true }));
    expect(text(report([input('a', { findings: [one], warnings })])).length).toBeLessThan(10_000);
  });
});
