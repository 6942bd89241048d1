import { describe, expect, it } from 'vitest';
import { readDumpMap } from '../../src/dump/detect.js';
import { entropyMap } from '../../src/dump/entropy.js';
import { bytesReader } from '../../src/source/open.js';
import { Random } from '../support/random.js';

const mapOf = (bytes: Uint8Array) => readDumpMap(bytesReader(bytes), bytes.length);

describe('readDumpMap', () => {
  it('takes bytes without a known magic as raw, complete', () => {
    expect(mapOf(Buffer.from('plain text'))).toMatchObject({ format: 'raw', warnings: [], declaredSize: 10 });
    expect(mapOf(new Uint8Array(0))).toMatchObject({ format: 'raw', regions: [], warnings: [] });
  });

  it.each([
    ['rar', Buffer.from('526172211a070100', 'hex')],
    ['kdump-compressed', Buffer.from('KDUMP   \u0006')],
    ['hibernation-file', Buffer.from('484942520000000000000000', 'hex')],
    ['hyper-v-saved-state', Buffer.from('1420280100000000', 'hex')],
  ])('never calls %s complete: it is not opened', (format, bytes) => {
    const map = mapOf(bytes);
    expect(map.format).toBe(format);
    expect(map.warnings.some(({ incomplete }) => incomplete)).toBe(true);
  });

  it.each([
    ['text that begins like a hibernation file', Buffer.from('wake up at seven')],
    ['text that begins like bzip2', Buffer.from('BZh is not compressed')],
    ['a Mach-O program', Buffer.concat([Buffer.from('cffaedfe070000010300000002000000', 'hex'), Buffer.alloc(16)])],
    ['PEM', Buffer.from('-----BEGIN CERTIFICATE-----\nContent-Disposition: form-data;')],
    ['an option list', Buffer.from('--verbose\n--quiet\n')],
  ])('takes %s as raw, complete', (_, bytes) => {
    expect(mapOf(bytes)).toMatchObject({ format: 'raw', warnings: [] });
  });

  it('survives headers of every length', () => {
    for (const magic of ['\x7fELF', 'MDMP', 'PAGEDU64', 'KDUMP   ']) {
      for (let length = 0; length < 80; length++) {
        const bytes = Buffer.concat([Buffer.from(magic, 'latin1'), Buffer.alloc(80)]).subarray(0, length);
        expect(mapOf(bytes).declaredSize).toBeGreaterThanOrEqual(0);
      }
    }
  });
});

describe('entropyMap', () => {
  it('tells zeros, text and noise apart', () => {
    const noise = new Random(1).bytes(4096);
    const bytes = Buffer.concat([Buffer.alloc(4096), Buffer.alloc(4096, 'abcd'), noise]);
    const [zeros, text, random] = entropyMap(bytesReader(bytes), bytes.length, 3) as [number, number, number];
    expect(zeros).toBe(0);
    expect(text).toBeCloseTo(2);
    expect(random).toBeGreaterThan(7.9);
  });

  it('copes with fewer bytes than cells', () => {
    expect(entropyMap(bytesReader(Buffer.from('ab')), 2, 64)).toEqual([0, 0]);
    expect(entropyMap(bytesReader(new Uint8Array(0)), 0, 64)).toEqual([0]);
  });
});
