import { describe, expect, it } from 'vitest';
import { OUTSIDE, TextView } from '../../src/bytes/text-view.js';

const utf16 = Uint8Array.from([0xff, ...Buffer.from('añ—z', 'utf16le'), 0x41]);

describe('TextView', () => {
  it('reads UTF-16 of either byte order at an odd alignment', () => {
    const le = new TextView(utf16, 'utf16le', 3);
    expect(le.slice(0, 10)).toBe('añ—z');
    const be = new TextView(Uint8Array.from([7, ...Buffer.from('añ—z', 'utf16le').swap16()]), 'utf16be', 1);
    expect(be.slice(0, 10)).toBe('añ—z');
  });

  it('counts from the first character that keeps step with the anchor', () => {
    const view = new TextView(utf16, 'utf16le', 5);
    expect(view.length).toBe(4);
    expect([view.byteIndex(0), view.byteIndex(2)]).toEqual([1, 5]);
    expect([view.charIndex(1), view.charIndex(2), view.charIndex(5)]).toEqual([0, 0, 2]);
  });

  it('ends at both ends of the bytes', () => {
    const view = new TextView(Buffer.from('abc'));
    expect([view.code(-1), view.code(0), view.code(2), view.code(3)]).toEqual([OUTSIDE, 0x61, 0x63, OUTSIDE]);
    expect(view.slice(-5, 2)).toBe('ab');
    expect(view.startsWith('bcd', 1)).toBe(false);
    expect(new TextView(new Uint8Array(1), 'utf16le', 0).length).toBe(0);
    expect(new TextView(new Uint8Array(0), 'utf16le', 1).length).toBe(0);
  });

  it('finds a text within a range', () => {
    const view = new TextView(Buffer.from('ab ab ab'));
    expect([view.indexOf('ab', 1, 8), view.indexOf('ab', 4, 6), view.indexOf('b ', -3, 99)]).toEqual([3, -1, 1]);
  });
});
