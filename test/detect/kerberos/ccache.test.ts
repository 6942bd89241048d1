import { describe, expect, it } from 'vitest';
import { ccacheDetector, sessionKeyDetector } from '../../../src/detect/kerberos/detector.js';
import { cutEverywhere, type Found, fixture, flipBits, plant, scan } from '../binary-harness.js';

const FILE = fixture('kerberos/robot.ccache');
const V3 = fixture('kerberos/robot-v3.ccache');
const KIRBI = fixture('kerberos/robot.kirbi');
const text = (name: string) => Buffer.from(fixture(`kerberos/${name}`)).toString('latin1');
/** As libkrb5 tells them, and klist: times, services. */
const KEYS = text('robot-keys.txt').trim().split('\n');
const TICKETS = [...text('robot.txt').matchAll(/^(\S+ \S+) {2}(\S+ \S+) {2}(\S+)$/gm)].map(
  ([, from = '', to = '', service = '']) => ({ from: iso(from), to: iso(to), service }),
);

/** `11/27/26 02:14:33`, in UTC. */
function iso(text: string): string {
  const [, month, day, year, time] = /^(\d\d)\/(\d\d)\/(\d\d) (\S+)$/.exec(text) ?? [];
  return `20${year}-${month}-${day}T${time}Z`;
}

const keyOf = ({ secret }: Found) =>
  secret.kind === 'private-key' && secret.key.type === 'symmetric'
    ? Buffer.from(secret.key.secret).toString('hex')
    : '';
const notesOf = ({ secret }: Found) => secret.notes ?? [];
/** The outermost place of each key. */
const distinct = (found: readonly Found[]) => [...new Map(found.map((each) => [keyOf(each), each])).values()];

describe('a credential cache of MIT krb5', () => {
  it('gives the session keys of its tickets, whose services and times klist tells', () => {
    const found = distinct(scan([ccacheDetector], plant(FILE, 3).bytes).found);
    expect(found.map((each) => KEYS.indexOf(keyOf(each)))).toEqual([0, 1]);
    expect(TICKETS).toHaveLength(2);
    expect(found.map(notesOf)).toEqual(
      TICKETS.map(({ from, to, service }) => [
        'client @KIWI.EXAMPLE',
        `ticket for ${service}`,
        `valid from ${from} until ${to}`,
        'aes256-cts-hmac-sha1-96',
      ]),
    );
    expect(JSON.stringify(found.map(({ evidence }) => evidence))).not.toContain(KEYS[0]);
  });

  it('is read in version 3, too', () => {
    const found = distinct(scan([ccacheDetector], plant(V3, 4).bytes).found);
    expect(found.map((each) => notesOf(each)[1])).toEqual(TICKETS.map(({ service }) => `ticket for ${service}`));
  });

  it('whose end is lost gives the tickets before', () => {
    const found = distinct(scan([ccacheDetector], FILE.subarray(0, FILE.length - 20)).found);
    expect(found.map((each) => KEYS.indexOf(keyOf(each)))).toEqual([0]);
  });

  it('is looked for in no time where a hundred thousand names of servers have none', () => {
    const names = Buffer.from(`${'00'.repeat(24)}000000066b72627467740000000961616161`, 'hex');
    const start = performance.now();
    expect(scan([ccacheDetector], Buffer.concat(Array.from({ length: 100_000 }, () => names))).found).toEqual([]);
    // 40 s where each place is read as a credential.
    expect(performance.now() - start).toBeLessThan(8000);
  });

  it('gives a ticket-granting ticket without the file around it, as keyrings have it', () => {
    const [whole] = scan([ccacheDetector], FILE).found;
    const alone = FILE.subarray(whole?.from, whole?.to);
    const found = scan([ccacheDetector], plant(alone, 5).bytes).found;
    expect(found.map((each) => [KEYS.indexOf(keyOf(each)), each.to - each.from])).toEqual([[0, alone.length]]);
  });

  it('throws nothing wherever it is cut or damaged', () => {
    for (const file of [FILE, V3]) {
      const use = (bytes: Uint8Array) => void scan([ccacheDetector], bytes);
      cutEverywhere(file, use);
      flipBits(file, 500, 7, use);
    }
  });
});

describe('a KRB-CRED that is not encrypted', () => {
  it('gives the session key, and whose it is', () => {
    const [found, ...more] = scan([sessionKeyDetector], plant(KIRBI, 6).bytes).found;
    expect(more).toEqual([]);
    expect(found && KEYS.indexOf(keyOf(found))).toBe(0);
    expect(found && notesOf(found)).toEqual([
      'principal @KIWI.EXAMPLE',
      `principal ${TICKETS[0]?.service}`,
      `times ${TICKETS[0]?.from}, ${TICKETS[0]?.to}`,
      'aes256-cts-hmac-sha1-96',
    ]);
  });

  it('is none where no names follow the key', () => {
    const at = Buffer.from(KIRBI).indexOf(Buffer.from(KEYS[0] ?? '', 'hex'));
    expect(scan([sessionKeyDetector], KIRBI.subarray(0, at + 32)).found).toEqual([]);
  });

  it('throws nothing wherever it is cut or damaged', () => {
    const use = (bytes: Uint8Array) => void scan([sessionKeyDetector], bytes);
    cutEverywhere(KIRBI, use);
    flipBits(KIRBI, 500, 7, use);
  });
});
