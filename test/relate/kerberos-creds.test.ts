/** A cache of the kind MEMORY, as MIT krb5 has it on the heap (test/fixtures/kerberos/memory.c). */
import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tellKerberosCreds } from '../../src/sieve/kerberos-creds.js';
import { buildCore } from '../dump/build/elf.js';
import { scanBytes } from './support.js';

const FOLDER = 'test/fixtures/kerberos';
const HEAP = gunzipSync(readFileSync(`${FOLDER}/memory-heap.gz`));
const ADDRESS = 0x5592_5b9d_1000n;
const KEYS = readFileSync(`${FOLDER}/memory-keys.txt`, 'latin1').trim().split('\n');
const SERVICES = ['krbtgt/KIWI.EXAMPLE@KIWI.EXAMPLE', 'HTTP/web.example@KIWI.EXAMPLE'];

const coreOf = (bytes: Uint8Array, address = ADDRESS) =>
  buildCore({ bits: 64, big: false, segments: [{ address, bytes, flags: 6 }] });

/** Where a byte search finds each session key. */
function placesOf(core: Uint8Array, key: string): number[] {
  const [bytes, wanted, places] = [Buffer.from(core), Buffer.from(key, 'hex'), [] as number[]];
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) places.push(at);
  return places;
}

describe('credentials of MIT krb5 in memory', () => {
  it('are found where their addresses lead, and name the service', async () => {
    for (const core of [coreOf(HEAP), gzipSync(coreOf(HEAP))]) {
      const { findings } = await scanBytes(core);
      expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([
        ['kerberos-ticket', 'high'],
        ['kerberos-ticket', 'high'],
      ]);
      for (const [i, service] of SERVICES.entries()) {
        const found = findings.find(({ evidence }) => evidence.includes(`ticket for ${service}`));
        const places = placesOf(coreOf(HEAP), KEYS[i] ?? '');
        expect(found?.locations.length).toBeGreaterThan(0);
        expect(found?.locations.filter(({ offset, length }) => !places.includes(offset) || length !== 32)).toEqual([]);
        expect(found?.evidence.join()).toMatch(/valid from 2026-11-27T\S+Z until 2026-11-28T\S+Z/);
      }
      expect(KEYS.some((key) => JSON.stringify(findings).includes(key))).toBe(false);
    }
  });

  it('are none where their addresses lead nowhere, to zeros, or to no ticket', async () => {
    expect((await scanBytes(coreOf(HEAP, 0x1000_0000n))).findings).toEqual([]);
    const withoutKeys = Buffer.from(HEAP);
    for (const key of KEYS) for (const at of placesOf(withoutKeys, key)) withoutKeys.fill(0, at, at + 32);
    expect((await scanBytes(coreOf(withoutKeys))).findings).toEqual([]);
    const withoutTickets = Buffer.from(HEAP);
    const ticket = Buffer.from('1b0c4b4957492e4558414d504c45', 'hex');
    for (let at = withoutTickets.indexOf(ticket); at >= 0; at = withoutTickets.indexOf(ticket, at)) {
      withoutTickets.fill(0xff, at, at + 4);
    }
    expect((await scanBytes(coreOf(withoutTickets))).findings).toEqual([]);
  });

  it('are told not to have been followed, where there are too many of them, or the dump can be read but once', async () => {
    const structure = Buffer.alloc(128);
    structure.writeUInt32LE(18, 28);
    structure.writeUInt32LE(32, 32);
    for (const at of [80, 96]) structure.writeUInt32LE(0x970e_a702, at);
    structure.writeUInt32LE(900, 84);
    const flood = (count: number) => coreOf(Buffer.concat(Array.from({ length: count }, () => structure)));
    expect(await scanBytes(flood(200))).toMatchObject({ verdict: 'clean', warnings: [] });
    const many = await scanBytes(flood(300));
    expect(many.verdict).toBe('incomplete');
    expect(many.coverage.skipped[0]?.reason).toContain('structures of Kerberos');
    const windows = await scanBytes(flood(1500), { chunkSize: 16 * 1024 });
    expect(windows.warnings.map(({ code }) => code)).toContain('TICKETS_CUT');
    const map = { regions: [{ address: 0n, offset: 0, length: 1 }] };
    const tally = { structures: [1], structuresDropped: false, warnings: [] as unknown[] };
    await tellKerberosCreds(tally as never, map as never, undefined);
    expect(tally.warnings).toMatchObject([{ code: 'TICKETS_IN_STREAM', incomplete: true }]);
  });

  it('are read with any damage to the structures', async () => {
    for (let seed = 0; seed < 12; seed++) {
      const damaged = Buffer.from(HEAP);
      for (let i = 0; i < 4000; i++) {
        const at = (seed * 7919 + i * 104_729) % damaged.length;
        damaged[at] = (damaged[at] as number) ^ (1 << (i & 7));
      }
      await scanBytes(coreOf(damaged));
    }
  });
});
