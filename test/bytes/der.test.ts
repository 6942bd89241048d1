import { describe, expect, it } from 'vitest';
import { DerCursor, dottedOid, MAX_INTEGER, TAG } from '../../src/bytes/der.js';
import { FormatError } from '../../src/errors.js';

const h = (digits: string) => Uint8Array.from(Buffer.from(digits.replaceAll(' ', ''), 'hex'));
const cursor = (digits: string) => new DerCursor(h(digits));

describe('a DER cursor', () => {
  it('reads a value and stands behind it', () => {
    const values = cursor('30 03 02 01 05 04 00');
    expect(values.next()).toMatchObject({ tag: TAG.sequence, start: 0, contentStart: 2, end: 5 });
    expect(values.at).toBe(5);
    expect(values.take(TAG.octetString).content).toHaveLength(0);
    expect(values.done).toBe(true);
    expect(values.peek).toBe(-1);
  });

  it.each([
    ['02 00', 'empty integer'],
    ['02 01 80', 'negative integer'],
    ['02 02 00 7f', 'integer is not minimal'],
    ['02 01', 'value is cut'],
    ['02', 'no value'],
    ['1f 01 00', 'multi-byte tag'],
    ['02 80 05', 'length of unknown size'],
    ['02 85 00 00 00 00 01 05', 'length of unknown size'],
    ['02 82 01', 'length is cut'],
    ['02 81 05 01 01 01 01 01', 'length is not minimal'],
    ['02 82 00 80', 'length is not minimal'],
  ])('refuses %s: %s', (digits, message) => {
    const read = () => {
      const values = cursor(digits);
      return values.peek === TAG.integer ? values.unsigned() : values.next();
    };
    expect(read).toThrow(FormatError);
    expect(read).toThrow(message);
  });

  it('reads integers with and without a leading zero', () => {
    expect(cursor('02 01 00').unsigned()).toBe(0n);
    expect(cursor('02 02 00 80').unsigned()).toBe(128n);
    expect(cursor('02 03 01 00 01').unsigned()).toBe(65537n);
  });

  it('does not turn a megabyte into an integer', () => {
    const long = new Uint8Array(5 + 1024 * 1024).fill(1);
    long.set(h('02 83 10 00 00'));
    expect(() => new DerCursor(long).unsigned()).toThrow('integer too long');
    const limit = new Uint8Array(4 + MAX_INTEGER).fill(1);
    limit.set([0x02, 0x82, MAX_INTEGER >> 8, MAX_INTEGER & 0xff]);
    expect(new DerCursor(limit).unsigned()).toBeGreaterThan(0n);
  });

  it('keeps values inside the one that holds them', () => {
    const inner = cursor('30 02 04 05 01 02 03 04 05').enter(TAG.sequence);
    expect(() => inner.next()).toThrow('value is cut');
  });

  it('opens a cut value as far as it goes', () => {
    const values = cursor('30 20 02 01 07 04 08 01');
    expect(() => cursor('30 20 02 01 07').enter(TAG.sequence)).toThrow(FormatError);
    const inner = values.open(TAG.sequence);
    expect(inner.unsigned()).toBe(7n);
    expect(inner.rest).toEqual(h('04 08 01'));
    expect(values.done).toBe(true);
  });

  it('copies nothing', () => {
    const bytes = h('04 02 aa bb');
    expect(new DerCursor(bytes).take(TAG.octetString).content.buffer).toBe(bytes.buffer);
  });
});

describe('an object identifier', () => {
  it.each([
    ['2a 86 48 86 f7 0d 01 01 01', '1.2.840.113549.1.1.1'],
    ['2b 65 70', '1.3.101.112'],
    ['60 86 48 01 65 03 04 03 11', '2.16.840.1.101.3.4.3.17'],
    ['88 37 03', '2.999.3'],
  ])('%s is %s', (digits, dotted) => {
    expect(dottedOid(h(digits))).toBe(dotted);
  });

  it.each([
    ['', 'empty OID'],
    ['2a 86', 'OID is cut'],
    ['2a ff ff ff ff ff 7f', 'OID arc too large'],
  ])('%s is refused', (digits, message) => {
    expect(() => dottedOid(h(digits))).toThrow(message);
  });
});
