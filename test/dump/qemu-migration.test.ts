/** Migration streams, bare and as libvirt saves them: one that QEMU wrote, against the memory that it saved itself. */
import { Readable } from 'node:stream';
import { createGunzip, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { libvirtSave, libvirtSaveWith } from '../../src/dump/libvirt-save/parse.js';
import { pagedFormatOf } from '../../src/dump/paged.js';
import { qemuMigration } from '../../src/dump/qemu-migration/parse.js';
import type { Compression } from '../../src/source/unwrap/wrapper.js';
import { noise } from './build/avml.js';
import { be, buildSave, buildStream, DESCRIPTION, page } from './build/qevm.js';
import { bitFlips, fixture, type Image, imageOf, surviveDamage, truncations } from './paged-support.js';

const memory = fixture('memory.raw');
const stream = fixture('qevm');

/** What lies behind firmware from 640 KiB to 1 MiB is not what the processor sees there. */
function compareLowMemory({ dump, bytes }: Image) {
  const ram = dump.map.regions.find(({ physical }) => physical === 0n);
  expect(ram?.length).toBe(memory.length);
  const low = bytes.subarray(ram?.offset, (ram?.offset ?? 0) + 0xa0000);
  expect(Buffer.compare(low, memory.subarray(0, 0xa0000))).toBe(0);
}

describe('a stream of QEMU', () => {
  it('gives the memory of the machine', async () => {
    expect(pagedFormatOf(stream.subarray(0, 512))).toBe(qemuMigration);
    const image = await imageOf(qemuMigration, stream);
    compareLowMemory(image);
    expect(image.unread).toEqual([]);
    expect(image.dump.map.warnings).toEqual([]);
    expect(new Map(image.dump.map.facts).get('machine')).toBe('pc-i440fx-7.2');
    // Devices' states follow the memory as they stand.
    const last = image.dump.map.regions.at(-1);
    expect(last?.kind).toBe('metadata');
    expect(Buffer.compare(image.bytes.subarray(last?.offset), stream.subarray(-(last?.length ?? 0)))).toBe(0);
  });

  it('holds each block as one region', async () => {
    const { dump } = await imageOf(qemuMigration, stream);
    const blocks = dump.map.regions.filter(({ kind }) => kind === 'physical');
    expect(blocks.map(({ module }) => module)).toEqual([
      ...['/rom@etc/acpi/tables', undefined, 'pc.rom', 'pc.bios', '/rom@etc/table-loader', '/rom@etc/acpi/rsdp'],
    ]);
  });
});

const PAGE = 0x08;
const ZERO = 0x02;
const a = noise(4096);
const b = noise(8192).subarray(4096);

describe('records', () => {
  const blocks = [['pc.ram', 2 ** 33]] as const;

  it('of pages that come again, packed ones, and memory beyond 4 GiB', async () => {
    const packed = deflateSync(a);
    const records = [
      page(0, PAGE, 'pc.ram', a),
      page(4096, ZERO, undefined, be(0, 1)),
      page(0, PAGE, undefined, b),
      page(2 ** 31, 0x100, undefined, be(packed.length, 4), packed),
    ];
    const { dump, bytes } = await imageOf(qemuMigration, buildStream({ blocks, records, tail: Buffer.from('state') }));
    const physical = dump.map.regions.filter(({ kind }) => kind === 'physical');
    expect(physical.map((region) => [region.physical, region.length])).toEqual([
      [0n, 8192],
      [0n, 4096],
      [2n ** 32n, 4096],
    ]);
    expect(physical.map(({ offset }) => Buffer.from(bytes.subarray(offset, offset + 4096)))).toEqual(
      [a, b, a].map((page) => Buffer.from(page)),
    );
    expect(
      Buffer.from(bytes)
        .subarray(-10 - DESCRIPTION.length, -5 - DESCRIPTION.length)
        .toString(),
    ).toBe('state');
    expect(dump.map.warnings).toEqual([]);
  });

  it('are read from the middle of a large stream', async () => {
    const records = Array.from({ length: 6000 }, (_, i) =>
      page(i * 4096, i % 3 ? PAGE : ZERO, i ? undefined : 'pc.ram', i % 3 ? a : be(i % 251, 1)),
    );
    const { dump, bytes } = await imageOf(qemuMigration, buildStream({ blocks, records }));
    for (const offset of [9_000_001, 17_000_000, 23_000_000]) {
      const expected = bytes.subarray(offset, offset + 100_000);
      expect(Buffer.compare(await dump.read(offset, 100_000), expected)).toBe(0);
    }
  });

  it('of what changed only are kept and make the dump incomplete', async () => {
    const records = [page(0, 0x40, 'pc.ram', be(1, 1), be(7, 2), Buffer.from('changed'))];
    const { dump, bytes } = await imageOf(qemuMigration, buildStream({ blocks, records }));
    expect(dump.map.warnings.map(({ code, incomplete }) => [code, incomplete])).toEqual([['PARTIAL_PAGES', true]]);
    expect(Buffer.from(bytes).toString('latin1')).toContain('changed');
  });

  it('that are damaged are told', async () => {
    const wrong = deflateSync(a);
    wrong[wrong.length - 1] = (wrong[wrong.length - 1] as number) ^ 1;
    const longer = Buffer.concat([deflateSync(new Uint8Array(4096)), Buffer.from('where nobody would look')]);
    for (const packed of [wrong, longer]) {
      const records = [page(0, 0x100, 'pc.ram', be(packed.length, 4), packed)];
      const { unread } = await imageOf(qemuMigration, buildStream({ blocks, records }));
      expect(unread).toEqual([{ offset: expect.any(Number), length: 4096, reason: expect.any(String) }]);
    }
  });

  it('that are not understood leave the rest as it stands', async () => {
    const records = [page(0, 0x80, 'pc.ram', Buffer.from('whatever this is'))];
    const { dump, bytes } = await imageOf(qemuMigration, buildStream({ blocks, records }));
    expect(dump.map.warnings.map(({ incomplete }) => incomplete)).toEqual([true]);
    expect(Buffer.from(bytes).toString('latin1')).toContain('whatever this is');
  });
});

const gzip: Compression = {
  kind: 'compression',
  name: 'gzip',
  matches: (head) => head[0] === 0x1f && head[1] === 0x8b,
  unpack: (packed) => Readable.from(packed).pipe(createGunzip()),
};

describe('a save image of libvirt', () => {
  it.each([
    ['raw', false],
    ['raw, of a big-endian host', true],
  ])('%s', async (_, big) => {
    const image = await imageOf(libvirtSave, buildSave(0, stream, undefined, big));
    compareLowMemory(image);
    const facts = new Map(image.dump.map.facts);
    expect([facts.get('domain'), facts.get('compression')]).toEqual(['web-1', 'raw']);
    expect(Buffer.from(image.bytes).toString('latin1', 0, 16)).toBe('LibvirtQemudSave');
    expect(image.dump.map.warnings).toEqual([]);
  });

  it('compressed', async () => {
    const image = await imageOf(libvirtSaveWith([gzip]), buildSave(1, gzipSync(stream)));
    compareLowMemory(image);
    expect(image.dump.map.warnings).toEqual([]);
  });

  it('compressed by what nothing here unpacks, or not finished, is incomplete', async () => {
    const packed = buildSave(4, Buffer.from('whatever lzop writes'), 'LibvirtQemudPart');
    const { dump, bytes } = await imageOf(libvirtSaveWith([]), packed);
    expect(dump.map.warnings.map(({ code }) => code)).toEqual(['INCOMPLETE_DUMP', 'COMPRESSED_NOT_UNPACKED']);
    expect(Buffer.compare(bytes, packed)).toBe(0);
  });
});

describe('damage', () => {
  it('by truncation is told', async () => {
    for (const file of truncations(stream, 60)) {
      const { dump } = await imageOf(qemuMigration, file);
      expect(
        dump.map.warnings.some(({ incomplete }) => incomplete),
        `cut at ${file.length}`,
      ).toBe(true);
    }
    const save = buildSave(0, stream);
    await surviveDamage(libvirtSave, save, truncations(save, 40));
  });

  it('by a cut behind a brace of the description of all devices is told, and padding is none', async () => {
    const braces = Array.from(stream.keys()).filter((at) => stream[at] === 0x7d && at < stream.length - 1);
    for (let i = 0; i < braces.length; i += Math.ceil(braces.length / 40)) {
      const { dump } = await imageOf(qemuMigration, stream.slice(0, (braces[i] as number) + 1));
      expect(dump.map.warnings.some(({ incomplete }) => incomplete)).toBe(true);
    }
    const padded = await imageOf(qemuMigration, Uint8Array.from(Buffer.concat([stream, Buffer.alloc(3000)])));
    expect(padded.dump.map.warnings).toEqual([]);
  });

  it('by flipped bits throws nothing else', async () => {
    await surviveDamage(qemuMigration, stream, bitFlips(stream, 40, 12, 400));
    await surviveDamage(qemuMigration, stream, bitFlips(stream, 40, 12));
    await surviveDamage(libvirtSave, buildSave(0, stream), bitFlips(buildSave(0, stream), 40, 16, 200));
  });
});
