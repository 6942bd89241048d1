/** Numbers in cores of machines that store the most significant byte of a word first. */
import { describe, expect, it } from 'vitest';
import { ecKey, Heap, type NumberKey, named, rsaKey, scanBytes } from './support.js';

/** An ELF core (System V ABI, chapters 4 and 5) with one segment of memory, by byte order and size of a word. */
function core(memory: Buffer, word: 4 | 8, big: boolean): Buffer {
  const [headerSize, segmentSize] = word === 8 ? [64, 56] : [52, 32];
  const bytes = Buffer.alloc(4096);
  const put = (value: number, size: number, at: number): void => {
    const digits = Buffer.alloc(size);
    digits.writeUInt32BE(value, size - 4);
    (big ? digits : digits.reverse()).copy(bytes, at);
  };
  const half = (value: number, at: number): void =>
    void (big ? bytes.writeUInt16BE(value, at) : bytes.writeUInt16LE(value, at));
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, word === 8 ? 2 : 1, big ? 2 : 1, 1]).copy(bytes);
  // e_type: core; e_machine: IBM S/390 or PowerPC.
  half(4, 16);
  half(word === 8 ? 22 : 20, 18);
  put(1, 4, 20);
  put(headerSize, word, 24 + word);
  half(headerSize, 24 + 3 * word + 4);
  half(segmentSize, 24 + 3 * word + 6);
  half(1, 24 + 3 * word + 8);
  // PT_LOAD: offset, address, sizes, flags rw.
  put(1, 4, headerSize);
  put(6, 4, headerSize + (word === 8 ? 4 : 24));
  const [offset, address, fileSize, memorySize] = word === 8 ? [8, 16, 32, 40] : [4, 8, 16, 20];
  put(4096, word, headerSize + offset);
  put(0x2000_0000, word, headerSize + address);
  put(memory.length, word, headerSize + fileSize);
  put(memory.length, word, headerSize + memorySize);
  return Buffer.concat([bytes, memory]);
}

/** The least significant limb first, its own bytes the most significant first. */
function limbs(big: Uint8Array, word: 4 | 8): Buffer {
  const size = Math.ceil(big.length / word) * word;
  const bytes = Buffer.concat([Buffer.alloc(size - big.length), big]).reverse();
  return word === 8 ? bytes.swap64() : bytes.swap32();
}

describe.each([8, 4] as const)('limbs of %i bytes', (word) => {
  function expectAt(
    found: Awaited<ReturnType<typeof scanBytes>>,
    key: NumberKey,
    rule: string,
    places: number[],
  ): void {
    expect(found.format).toBe('elf-core');
    const finding = named(found).get(key.spkiSha256);
    expect(finding).toMatchObject({ rule, confidence: 'proven' });
    expect(finding?.locations.map(({ offset }) => offset)).toEqual(places.map((place) => 4096 + place));
    for (const { part } of finding?.locations ?? []) expect(part).toContain('limbs, most significant byte first');
  }

  it('hold RSA keys', async () => {
    const key = rsaKey(2048);
    const heap = new Heap(1);
    const places = ['p', 'q', 'd'].map((name) => heap.put(limbs(key.part(name), word)));
    heap.put(limbs(key.part('n'), word));
    expectAt(await scanBytes(core(heap.bytes(), word, true)), key, 'rsa-numbers', places);
  });

  it.each(['P-256', 'P-384', 'P-521', 'secp256k1'])('hold scalars of %s', async (curve) => {
    const key = ecKey(curve);
    const heap = new Heap(2);
    const place = heap.put(limbs(key.part('d'), word));
    heap.put(key.spki, 3);
    expectAt(await scanBytes(core(heap.bytes(), word, true)), key, 'ec-scalar', [place]);
  });

  it('are no numbers of a machine with the other order', async () => {
    const key = rsaKey(2048);
    const heap = new Heap(3);
    for (const name of ['p', 'q', 'n']) heap.put(limbs(key.part(name), word));
    expect((await scanBytes(core(heap.bytes(), word, false))).findings).toEqual([]);
  });

  it('are found for any chunk size and number of workers', async () => {
    const key = rsaKey(1024);
    const heap = new Heap(4);
    while (heap.bytes().length < 65_536 - 40 - 4096) heap.filler();
    for (const name of ['p', 'q', 'n']) heap.put(limbs(key.part(name), word));
    const bytes = core(heap.bytes(), word, true);
    const { findings } = await scanBytes(bytes);
    expect(findings.map(({ key: found }) => found?.spkiSha256)).toEqual([key.spkiSha256]);
    for (const options of [{ chunkSize: 65_536 }, { chunkSize: 65_536, jobs: 2 }, { kernel: 'scalar' as const }]) {
      expect((await scanBytes(bytes, options)).findings).toEqual(findings);
    }
  });
});
