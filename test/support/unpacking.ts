/** Runs a compression over bytes in pieces of a chosen length, and what every compression must stand. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Chunks } from '../../src/source/unwrap/chunks.js';
import { wrapperOf } from '../../src/source/unwrap/registry.js';
import type { Compression } from '../../src/source/unwrap/wrapper.js';
import type { Warning } from '../../src/types.js';
import { Random } from './random.js';

const FOLDER = new URL('../fixtures/unwrap/', import.meta.url);
const SUMS = new Map(
  readFileSync(new URL('SHA256SUMS', FOLDER), 'utf8')
    .trim()
    .split('\n')
    .map((line) => [line.slice(66), line.slice(0, 64)] as const),
);

export const packedFile = (name: string) => new Uint8Array(readFileSync(new URL(`${name}.packed`, FOLDER)));
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** As a reader gives them: the same buffer again and again, of which nothing is left once the next is asked for. */
export async function* pieces(bytes: Uint8Array, lengths: (index: number) => number): Chunks {
  const buffer = new Uint8Array(Math.min(bytes.length + 64, 1 << 20));
  for (let [at, index] = [0, 0]; at < bytes.length; index++) {
    buffer.fill(0xee, 0, 64);
    const part = bytes.subarray(at, at + Math.min(lengths(index), buffer.length));
    buffer.set(part);
    at += part.length;
    yield buffer.subarray(0, part.length);
  }
}

export interface Unpacked {
  readonly bytes: Buffer;
  readonly remarks: Warning[];
  readonly lengths: number[];
}

export async function unpacked(compression: Compression, packed: Uint8Array | Chunks): Promise<Unpacked> {
  const remarks: Warning[] = [];
  const parts: Uint8Array[] = [];
  const chunks = packed instanceof Uint8Array ? pieces(packed, () => 65536) : packed;
  for await (const piece of compression.unpack(chunks, (warning) => remarks.push(warning))) parts.push(piece.slice());
  return { bytes: Buffer.concat(parts), remarks, lengths: parts.map(({ length }) => length) };
}

const incomplete = ({ remarks }: Unpacked) => remarks.some((remark) => remark.incomplete);
const codes = ({ remarks }: Unpacked) => remarks.map(({ code }) => code);

interface Behaviour {
  readonly extension: string;
  /** A single frame that is checked, and whose packed file is small. */
  readonly small: string;
  /** Fixtures that are not unpacked whole, and are tested elsewhere. */
  readonly except?: readonly string[];
  /** Bytes without which it is not recognised. */
  readonly magicLength: number;
  /** Whether a changed byte always shows, wherever it is; otherwise only that nothing is thrown. */
  readonly checked?: boolean;
  /** Codes that come with bytes behind the last frame, before that of such bytes. */
  readonly besidesTrailing?: readonly string[];
  /** Whether frames may not follow one another. */
  readonly single?: boolean;
}

export function behavesAsCompression(compression: Compression, behaviour: Behaviour): void {
  const names = readdirSync(FOLDER)
    .filter((name) => name.endsWith(`${behaviour.extension}.packed`))
    .map((name) => name.slice(0, -'.packed'.length));
  const whole = names.filter((name) => !behaviour.except?.includes(name));
  const small = packedFile(behaviour.small);

  describe(`${compression.name}: what every compression must stand`, () => {
    it('knows its own files', () => {
      expect(names.length).toBeGreaterThan(1);
      for (const name of names)
        expect([name, wrapperOf(packedFile(name).subarray(0, 512))?.name]).toEqual([name, compression.name]);
    });

    it.each(whole)('unpacks %s to the bytes that were packed, in pieces of any length', async (name) => {
      const packed = packedFile(name);
      const sum = SUMS.get(/-(small|large|empty)\./.exec(name)?.[1] ?? '');
      const random = new Random(7);
      for (const lengths of [
        () => 1 << 20,
        () => 1,
        (i: number) => [3, 1, 500, 7][i % 4] ?? 1,
        () => 1 + random.below(4000),
      ]) {
        const got = await unpacked(compression, pieces(packed, lengths));
        expect(got.remarks).toEqual([]);
        expect(sha256(got.bytes)).toBe(sum);
        expect(got.lengths.slice(0, -1).every((length) => length >= 65536)).toBe(true);
        expect(got.lengths.every((length) => length <= 1048576)).toBe(true);
      }
    });

    it('tells that an end is missing, wherever it is cut, and hands on what comes before', async () => {
      const { bytes } = await unpacked(compression, small);
      let before = 0;
      for (let length = behaviour.magicLength; length < small.length; length++) {
        const got = await unpacked(compression, small.slice(0, length));
        expect([length, incomplete(got)]).toEqual([length, true]);
        expect(codes(got)).toEqual(['UNPACK_TRUNCATED']);
        expect(got.bytes.equals(bytes.subarray(0, got.bytes.length))).toBe(true);
        expect(got.bytes.length).toBeGreaterThanOrEqual(before);
        before = got.bytes.length;
      }
    });

    it('throws nothing for damage, and tells it', async () => {
      const random = new Random(11);
      const { bytes } = await unpacked(compression, small);
      for (const name of [behaviour.small, ...whole]) {
        const packed = packedFile(name);
        for (let i = 0; i < 60; i++) {
          const damaged = packed.slice();
          const at = behaviour.magicLength + random.below(packed.length - behaviour.magicLength);
          damaged[at] = (damaged[at] ?? 0) ^ (1 << random.below(8));
          const got = await unpacked(compression, damaged);
          if (name !== behaviour.small || !behaviour.checked) continue;
          if (!got.bytes.equals(bytes)) expect([at, incomplete(got)]).toEqual([at, true]);
        }
      }
    });

    it('hands on what stands behind the last frame, but for zeros', async () => {
      const { bytes } = await unpacked(compression, small);
      const zeros = await unpacked(compression, Buffer.concat([small, Buffer.alloc(70001)]));
      expect(zeros.remarks).toEqual([]);
      expect(zeros.bytes.equals(bytes)).toBe(true);
      const rest = Buffer.from('what somebody appended');
      for (const gap of [0, 512]) {
        const got = await unpacked(compression, Buffer.concat([small, Buffer.alloc(gap), rest]));
        const besides = gap === 0 ? (behaviour.besidesTrailing ?? []) : [];
        expect(codes(got)).toEqual([...besides, 'TRAILING_BYTES']);
        expect(got.remarks.at(-1)?.incomplete).toBe(false);
        expect(got.remarks.at(-1)?.message).toContain(`${rest.length} bytes`);
        expect(got.bytes.equals(Buffer.concat([bytes, rest]))).toBe(true);
      }
      if (behaviour.single) return;
      const twice = await unpacked(compression, Buffer.concat([small, Buffer.alloc(512), small]));
      expect(twice.remarks).toEqual([]);
      expect(twice.bytes.equals(Buffer.concat([bytes, bytes]))).toBe(true);
      // Cut within the first bytes of the second one.
      for (const length of [1, 2]) {
        const cut = await unpacked(compression, Buffer.concat([small, small.subarray(0, length)]));
        expect([length, incomplete(cut)]).toEqual([length, true]);
        expect(codes(cut)).toContain('UNPACK_TRUNCATED');
      }
    });

    it('lets go of its source when the caller stops early', async () => {
      for (const name of whole) {
        let closed = false;
        const packed = packedFile(name);
        async function* source(): Chunks {
          try {
            yield* pieces(packed, () => 1000);
          } finally {
            closed = true;
          }
        }
        for await (const piece of compression.unpack(source(), () => {})) if (piece.length > 0) break;
        expect([name, closed]).toEqual([name, true]);
      }
      expect(process.getActiveResourcesInfo().filter((kind) => /zlib|zstd/i.test(kind))).toEqual([]);
    });

    it('passes on what its source throws', async () => {
      async function* source(): Chunks {
        yield small.subarray(0, 100);
        throw new Error('EIO');
      }
      await expect(unpacked(compression, source())).rejects.toThrow('EIO');
    });
  });
}
