import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Progress } from '../../src/cli/progress.js';
import { columns } from '../../src/report/layout.js';
import { HOSTILE } from '../report/build.js';

/** A terminal that remembers what it was sent, and a clock that the test moves. */
function stage(width: number | undefined = 80, enabled = true) {
  const written: string[] = [];
  const clock = { now: 5000 };
  const stream = { columns: width, write: (text: string) => written.push(text) };
  const progress = new Progress(stream, enabled, () => clock.now);
  const lines = () => written.map((text) => stripVTControlCharacters(text).replace('\r', ''));
  return { written, clock, progress, lines };
}

describe('Progress', () => {
  it('tells how far, how fast and how long still', () => {
    const { progress, clock, lines } = stage();
    progress.start(4e9);
    clock.now += 2000;
    progress.update(1e9, 'dumps/core.1');
    expect(lines()).toEqual(['25%  953.7 MiB of 3.7 GiB  500 MB/s  ETA 0:06  dumps/core.1']);
  });

  it('does without percent and remaining time when the size is unknown, until it is known', () => {
    const { progress, clock, lines } = stage();
    progress.start();
    clock.now += 1000;
    progress.update(5e6, '-');
    clock.now += 1000;
    progress.update(1e7, '-', 2e7);
    expect(lines()).toEqual(['4.8 MiB  5.0 MB/s  -', '50%  9.5 MiB of 19.1 MiB  5.0 MB/s  ETA 0:02  -']);
  });

  it('redraws at most ten times a second', () => {
    const { progress, clock, written } = stage();
    progress.start(1e6);
    for (let step = 0; step < 1000; step++) {
      clock.now += 1;
      progress.update(step * 1000, 'a');
    }
    expect(written).toHaveLength(10);
  });

  it('clears its line at the end, once, and draws no more', () => {
    const { progress, clock, written } = stage();
    progress.start(100);
    progress.update(50, 'a');
    progress.stop();
    progress.stop();
    clock.now += 1000;
    progress.update(100, 'a');
    expect(written).toHaveLength(2);
    expect(written.at(-1)).toBe('\r\u001b[K');
  });

  it('writes nothing when it is not enabled, or has nothing to clear', () => {
    const silent = stage(80, false);
    silent.progress.start(100);
    silent.progress.update(50, 'a');
    silent.progress.stop();
    const early = stage();
    early.progress.update(1, 'a');
    early.progress.start(100);
    early.progress.stop();
    expect([...silent.written, ...early.written]).toEqual([]);
  });

  it('keeps to one line, and sends nothing that a path chose to the terminal', () => {
    for (const width of [1, 10, 40, 80, 200]) {
      const { progress, clock, written, lines } = stage(width);
      progress.start(1e12);
      for (const label of [HOSTILE, 'x'.repeat(10_000), '日本株式会社/'.repeat(30)]) {
        clock.now += 1000;
        progress.update(1e11, label);
      }
      expect(written.every((text) => text.startsWith('\r\u001b[K'))).toBe(true);
      expect(lines().every((line) => columns(line) <= Math.max(1, width - 1))).toBe(true);
      expect(written.map((text) => text.slice(4)).join('')).not.toMatch(/\p{C}/u);
    }
  });

  it('shows sane numbers for insane input', () => {
    const { progress, clock, lines } = stage();
    progress.start(0);
    progress.update(0, 'a');
    clock.now += 1000;
    progress.update(200, 'a', 100);
    expect(lines()).toEqual(['0 B  a', '100%  200 B of 100 B  0.0 MB/s  ETA 0:00  a']);
  });
});
