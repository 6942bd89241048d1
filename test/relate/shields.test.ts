/** Shields whose parts chance has split: words of zeros and text where random ones end (sieve/runs.ts). */
import { createCipheriv, createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { InputReport } from '../../src/types.js';
import { buildMinidump } from '../dump/build/minidump.js';
import { spkiSha256Of } from '../support/keys.js';
import { Random } from '../support/random.js';
import { Heap, scanBytes } from './support.js';

const PREKEY = 16 * 1024;
const random = new Random(71);

interface Shield {
  readonly prekey: Buffer;
  readonly ciphertext: Buffer;
  readonly spkiSha256: string;
}

/** A prekey with words of zeros (`0`) or text at these indexes, from the end where negative. */
function prekeyWith(zeros: readonly number[], texts: readonly number[] = []): Buffer {
  const prekey = Buffer.from(random.bytes(PREKEY));
  for (const index of zeros) prekey.fill(0, 8 * ((index + 2048) % 2048), 8 * ((index + 2048) % 2048) + 8);
  for (const index of texts) prekey.write('ordinary', 8 * ((index + 2048) % 2048), 'latin1');
  return prekey;
}

/** An Ed25519 key as sshkey_shield_private of OpenSSH's sshkey.c leaves it; `zeros`: words of the ciphertext, of 7 to 9. */
function shieldUnder(prekey: Buffer, zeros: readonly number[] = []): Shield {
  const digest = createHash('sha512').update(prekey).digest();
  const stream = createCipheriv('aes-256-ctr', digest.subarray(0, 32), digest.subarray(32, 48)).update(
    Buffer.alloc(128),
  );
  const seed = Buffer.from(random.bytes(32));
  // The seed stands at byte 55: where it is the key stream, the ciphertext is zero.
  for (const index of zeros) stream.copy(seed, 8 * index - 55, 8 * index, 8 * index + 8);
  const privateKey = createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(privateKey);
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const string = (bytes: Uint8Array) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  const parts = [Buffer.from('ssh-ed25519'), point, Buffer.concat([seed, point])].map(string);
  const plain = Buffer.concat([...parts, Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9])]);
  const ciphertext = plain.map((byte, i) => byte ^ (stream[i] as number));
  return { prekey, ciphertext: Buffer.from(ciphertext), spkiSha256: spkiSha256Of(publicKey) };
}

/** Which of the shields are told, with both their places. */
function opened({ findings }: InputReport, shields: ReadonlyArray<Shield & { places: readonly number[] }>): boolean[] {
  return shields.map(({ spkiSha256, places }) => {
    const finding = findings.find(({ key }) => key?.spkiSha256 === spkiSha256);
    const offsets = finding?.locations.map(({ offset }) => offset) ?? [];
    return finding?.rule === 'openssh-shielded-key' && places.every((place) => offsets.includes(place));
  });
}

function planted(heap: Heap, shield: Shield) {
  return { ...shield, places: [shield.prekey, shield.ciphertext].map((part) => heap.put(part)) };
}

describe('a shield is opened', () => {
  /** What splits the prekey: words of zeros, words of text. */
  const SPLITS: ReadonlyArray<readonly [string, readonly number[], readonly number[]]> = [
    ['one word in the middle', [1000], []],
    ['the first word', [0], []],
    ['the second word', [1], []],
    ['the third word', [2], []],
    ['the last word', [-1], []],
    ['the second last word', [-2], []],
    ['the third last word', [-3], []],
    ['both ends', [0, -1], []],
    ['the third word from both ends', [2, -3], []],
    ['two words side by side', [700, 701], []],
    ['two words with one between', [700, 702], []],
    ['two words with two between', [700, 703], []],
    ['four words', [11, 500, 501, 2040], []],
    ['two words of text', [], [900, 901]],
    ['text beside zeros', [900], [901]],
    ['text at both ends', [], [0, -1]],
    ['text and zeros at both ends', [1, -2], [0, -1]],
  ];

  it('whatever words split the prekey', async () => {
    const heap = new Heap(6);
    const shields = SPLITS.map(([, zeros, texts]) => planted(heap, shieldUnder(prekeyWith(zeros, texts))));
    const found = opened(await scanBytes(heap.bytes()), shields);
    expect(SPLITS.filter((_, i) => !found[i]).map(([name]) => name)).toEqual([]);
  });

  it('whatever words split the ciphertext', async () => {
    const heap = new Heap(7);
    const splits = [[7], [8], [9], [7, 8], [8, 9]];
    const shields = splits.map((zeros) => planted(heap, shieldUnder(prekeyWith([]), zeros)));
    expect(shields.map(({ ciphertext }, i) => ciphertext.readBigUInt64LE(8 * (splits[i]?.[0] ?? 0)))).toEqual(
      splits.map(() => 0n),
    );
    expect(opened(await scanBytes(heap.bytes()), shields)).toEqual(splits.map(() => true));
  });

  it('whose prekey has random neighbours one header apart', async () => {
    const heap = new Heap(8);
    const prekey = prekeyWith([3, 1000]);
    const header = Buffer.alloc(8, 0x11).fill(0, 2);
    const parts = [Buffer.from(random.bytes(48)), header, prekey, header, Buffer.from(random.bytes(80))];
    const shield = shieldUnder(prekey);
    const places = [heap.put(Buffer.concat(parts)) + 56, heap.put(shield.ciphertext)];
    expect(opened(await scanBytes(heap.bytes()), [{ ...shield, places }])).toEqual([true]);
  });

  it('wherever the borders of chunks fall', async () => {
    const shields = Array.from({ length: 12 }, (_, i) => shieldUnder(prekeyWith([i % 3 ? 5 : 2, 40 + 160 * i, 2030])));
    const heap = new Heap(9);
    const all = shields.map((shield) => planted(heap, shield));
    for (const chunkSize of [20_000, 65_536, 1 << 24]) {
      expect(opened(await scanBytes(heap.bytes(), { chunkSize }), all), `${chunkSize}`).toEqual(all.map(() => true));
    }
  });

  it('where the prekey goes on elsewhere in the dump, behind a word that splits it', async () => {
    const shield = shieldUnder(prekeyWith([999, 1000]));
    const [before, after] = [shield.prekey.subarray(0, 8000), shield.prekey.subarray(8000)];
    const first = Buffer.concat([Buffer.alloc(192), before]);
    const second = Buffer.concat([after, Buffer.alloc(192)]);
    const small = [
      { address: 0x50000n, bytes: first },
      { address: 0x50000n + BigInt(first.length), bytes: second },
      { address: 0x90000n, bytes: Buffer.concat([Buffer.alloc(64), shield.ciphertext, Buffer.alloc(64)]) },
    ];
    const { findings } = await scanBytes(buildMinidump({ small, order: [1, 2, 0] }));
    expect(findings.map(({ rule, key }) => [rule, key?.spkiSha256])).toEqual([
      ['openssh-shielded-key', shield.spkiSha256],
    ]);
  });
});
