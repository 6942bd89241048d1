import { generateKeyPairSync } from 'node:crypto';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Chunks } from '../../../src/source/unwrap/chunks.js';
import { gzip } from '../../../src/source/unwrap/gzip.js';
import { behavesAsCompression, packedFile, pieces, unpacked } from '../../support/unpacking.js';

behavesAsCompression(gzip, { extension: '.gz', small: 'gzip-small.gz', magicLength: 3, checked: true });

/** A member with every optional field of RFC 1952. */
function fullHeader(text: string, extra: Buffer, checksum?: number): Buffer {
  const head = Buffer.concat([
    Buffer.from('1f8b081e00000000000300', 'hex').subarray(0, 10),
    Buffer.from([extra.length & 0xff, extra.length >> 8]),
    extra,
    Buffer.from('name\0a comment\0'),
  ]);
  const tail = Buffer.alloc(10);
  tail.writeUInt16LE(checksum ?? crc32(head) & 0xffff);
  const data = deflateRawSync(text);
  const end = Buffer.alloc(8);
  end.writeUInt32LE(crc32(text));
  end.writeUInt32LE(text.length, 4);
  return Buffer.concat([head, tail.subarray(0, 2), data, end]);
}

describe('gzip', () => {
  it('reads every optional field of the header, and tells when they hide more than is usual', async () => {
    const got = await unpacked(gzip, fullHeader('core', Buffer.alloc(30, 'x')));
    expect(got).toMatchObject({ remarks: [], bytes: Buffer.from('core') });
    const large = await unpacked(gzip, fullHeader('core', Buffer.alloc(60000, 'x')));
    expect(large.remarks).toContainEqual(expect.objectContaining({ code: 'UNPACK_PASSED_OVER', incomplete: true }));
    expect(large.bytes.toString()).toBe(`core${'x'.repeat(4096)}`);
  });

  it('hands on a field that has room for a key behind the data, in pieces of any length', async () => {
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' });
    const [start, data] = [Buffer.from('1f8b08', 'hex'), gzipSync('core').subarray(10)];
    const times = Buffer.from('000000000003', 'hex');
    for (const [flag, field] of [
      [4, Buffer.concat([Uint8Array.of(key.length & 0xff, key.length >> 8), Buffer.from(key as string)])],
      [8, Buffer.from(`${key}\0`)],
      [16, Buffer.from(`${key}\0`)],
    ] as const) {
      const packed = Buffer.concat([start, Uint8Array.of(flag), times, field, data]);
      for (const length of [1, 100, packed.length]) {
        const got = await unpacked(
          gzip,
          pieces(packed, () => length),
        );
        expect(got.bytes.toString().replaceAll('\0', '')).toBe(`core${key}`);
        expect(got.remarks).toMatchObject([{ code: 'FIELDS_SCANNED', incomplete: false }]);
      }
    }
  });

  it('tells a checksum of header or data and a size that do not match, and goes on with the next member', async () => {
    const [first, second] = [gzipSync('first'), gzipSync('second')];
    for (const at of [first.length - 1, first.length - 8]) {
      const packed = Buffer.concat([first, second]);
      packed[at] = (packed[at] ?? 0) ^ 1;
      const got = await unpacked(gzip, packed);
      expect(got.bytes.toString()).toBe('firstsecond');
      expect(got.remarks).toMatchObject([{ code: 'UNPACK_DAMAGED', incomplete: true }]);
    }
    const header = await unpacked(gzip, fullHeader('core', Buffer.alloc(4), 7));
    expect(header).toMatchObject({ bytes: Buffer.from('core'), remarks: [{ code: 'UNPACK_DAMAGED' }] });
  });

  it('tells a few of many members that do not match, and counts the others', async () => {
    const member = gzipSync('x');
    member[member.length - 8] = (member[member.length - 8] ?? 0) ^ 1;
    const got = await unpacked(gzip, Buffer.concat(Array.from({ length: 100 }, () => member)));
    expect(got.bytes.length).toBe(100);
    expect(got.remarks.length).toBe(9);
    expect(got.remarks.at(-1)?.message).toContain('92 more');
  });

  it('asks for no input that it does not need', async () => {
    const packed = packedFile('gzip-large.gz');
    let asked = 0;
    async function* source(): Chunks {
      for (let at = 0; at < packed.length; at += 1000) {
        asked += 1000;
        yield packed.subarray(at, at + 1000);
      }
    }
    for await (const _ of gzip.unpack(source(), () => {})) break;
    expect(asked).toBeLessThan(packed.length);
  });

  it('unpacks zeros without end in constant memory', async () => {
    const zeros = gzipSync(Buffer.alloc(32 << 20));
    async function* source(): Chunks {
      for (let i = 0; i < 8; i++) yield zeros;
    }
    const before = process.memoryUsage.rss();
    let [total, peak] = [0, 0];
    for await (const piece of gzip.unpack(source(), () => {})) {
      total += piece.length;
      peak = Math.max(peak, process.memoryUsage.rss() - before);
    }
    expect(total).toBe(256 << 20);
    expect(peak).toBeLessThan(64 << 20);
  });
});
