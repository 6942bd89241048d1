/** Builds kdump files field by field after makedumpfile's IMPLEMENTATION, for shapes that no program here writes. */

export interface KdumpShape {
  readonly word?: 4 | 8;
  readonly bigEndian?: boolean;
  readonly version?: number;
  readonly status?: number;
  readonly pageSize?: number;
  readonly machine?: string;
  /** struct kdump_sub_header with 64-bit fields at multiples of eight on 32-bit machines, as on arm. */
  readonly aligned?: boolean;
  readonly maxMapNr: number;
  /** Frames with data; `exists` are those that the machine has. */
  readonly present: readonly number[];
  readonly exists: readonly number[];
  readonly split?: readonly [number, number];
  /** Data of a frame; undefined writes an empty descriptor. */
  readonly page: (frame: number) => Uint8Array | undefined;
  /** Bytes between one page's data and the next. */
  readonly gap?: Uint8Array;
  readonly tail?: Uint8Array;
}

class Writer {
  readonly bytes: number[] = [];
  constructor(readonly big: boolean) {}
  text(value: string, length: number) {
    for (let i = 0; i < length; i++) this.bytes.push(value.charCodeAt(i) || 0);
  }
  number(value: number, length: number) {
    const digits = Array.from({ length }, (_, i) => Math.floor(value / 256 ** i) % 256);
    this.bytes.push(...(this.big ? digits.reverse() : digits));
  }
  pad(multiple: number) {
    while (this.bytes.length % multiple !== 0) this.bytes.push(0);
  }
}

export function buildKdump(shape: KdumpShape): Uint8Array {
  const { word = 8, bigEndian = false, version = 6, status = 0, pageSize = 4096, machine = 'x86_64' } = shape;
  const bitmapBytes = Math.ceil(Math.ceil(shape.maxMapNr / 8) / pageSize) * pageSize;
  const out = new Writer(bigEndian);
  out.text('KDUMP   ', 8);
  out.number(version, 4);
  for (const name of ['Linux', 'host', '6.1.0', '#1 SMP', machine, '(none)']) out.text(name, 65);
  out.pad(word);
  out.number(1_700_000_000, word);
  out.number(0, word);
  for (const value of [status, pageSize, 1, (2 * bitmapBytes) / pageSize, shape.maxMapNr, 0, 0, 0, 0, 2]) {
    out.number(value, 4);
  }
  out.pad(pageSize);
  const [from, to] = shape.split ?? [0, 0];
  out.number(0, word);
  out.number(31, 4);
  out.number(shape.split ? 1 : 0, 4);
  out.number(from, word);
  out.number(to, word);
  for (let i = 0; i < 3; i++) {
    if (shape.aligned) out.pad(8);
    out.number(0, 8);
    out.number(0, word);
  }
  if (shape.aligned) out.pad(8);
  for (const value of [from, to, shape.maxMapNr]) out.number(value, 8);
  out.pad(pageSize);
  for (const set of [shape.exists, shape.present]) {
    const bitmap = new Uint8Array(bitmapBytes);
    for (const frame of set) bitmap[frame >> 3] = (bitmap[frame >> 3] as number) | (1 << (frame & 7));
    out.bytes.push(...bitmap);
  }
  const own = shape.present.filter((frame) => !shape.split || (frame >= from && frame < to));
  let at = out.bytes.length + 24 * own.length;
  const data: number[] = [];
  for (const frame of own) {
    const page = shape.page(frame);
    out.number(page ? at : 0, 8);
    out.number(page?.length ?? 0, 4);
    out.number(0, 4);
    out.number(0, 8);
    const bytes = [...(page ?? []), ...(shape.gap ?? [])];
    data.push(...bytes);
    at += bytes.length;
  }
  return Uint8Array.from([...out.bytes, ...data, ...(shape.tail ?? [])]);
}
