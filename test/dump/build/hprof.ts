/** Writes HPROF dumps by the JDK's description, field after field; shares nothing with the parser. */
export class HprofBuilder {
  readonly #parts: Buffer[] = [];
  readonly #ids: 4 | 8;

  constructor(ids: 4 | 8 = 8, version = '1.0.2') {
    this.#ids = ids;
    this.#parts.push(Buffer.from(`JAVA PROFILE ${version}\0`), this.u4(ids), u8(1_700_000_000_000n));
  }

  u4(value: number): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  }

  id(value: number): Buffer {
    return this.#ids === 4 ? this.u4(value) : u8(BigInt(value));
  }

  record(tag: number, ...body: Buffer[]): this {
    const bytes = Buffer.concat(body);
    this.#parts.push(Buffer.from([tag]), this.u4(0), this.u4(bytes.length), bytes);
    return this;
  }

  name(id: number, text: string): this {
    return this.record(1, this.id(id), Buffer.from(text));
  }

  loadClass(id: number, nameId: number): this {
    return this.record(2, this.u4(1), this.id(id), this.u4(0), this.id(nameId));
  }

  segment(...objects: Buffer[]): this {
    return this.record(0x1c, ...objects);
  }

  classDump(
    id: number,
    superId: number,
    fields: ReadonlyArray<readonly [nameId: number, type: number]>,
    statics: ReadonlyArray<readonly [nameId: number, type: number, value: Buffer]> = [],
  ): Buffer {
    return Buffer.concat([
      Buffer.from([0x20]),
      ...[this.id(id), this.u4(0), this.id(superId), this.id(0), this.id(0), this.id(0), this.id(0), this.id(0)],
      this.u4(0),
      // One constant of the pool: index 7, an int.
      ...[u2(1), u2(7), Buffer.from([10]), this.u4(99)],
      u2(statics.length),
      ...statics.flatMap(([nameId, type, value]) => [this.id(nameId), Buffer.from([type]), value]),
      u2(fields.length),
      ...fields.flatMap(([nameId, type]) => [this.id(nameId), Buffer.from([type])]),
    ]);
  }

  instance(id: number, classId: number, ...values: Buffer[]): Buffer {
    const bytes = Buffer.concat(values);
    return Buffer.concat([
      Buffer.from([0x21]),
      ...[this.id(id), this.u4(0), this.id(classId), this.u4(bytes.length)],
      bytes,
    ]);
  }

  objects(id: number, classId: number, ...values: number[]): Buffer {
    return Buffer.concat([
      Buffer.from([0x22]),
      ...[this.id(id), this.u4(0), this.u4(values.length), this.id(classId)],
      ...values.map((value) => this.id(value)),
    ]);
  }

  /** `count` elements of `type`. */
  array(id: number, type: number, count: number, bytes: Uint8Array): Buffer {
    return Buffer.concat([Buffer.from([0x23]), this.id(id), this.u4(0), this.u4(count), Buffer.from([type]), bytes]);
  }

  /** Sticky class, thread object, JNI global, monitor, and two roots of Android. */
  roots(id: number): Buffer {
    const some = Buffer.alloc(8);
    return Buffer.concat([
      ...[Buffer.from([5]), this.id(id)],
      ...[Buffer.from([8]), this.id(id), some],
      ...[Buffer.from([1]), this.id(id), this.id(id)],
      ...[Buffer.from([7]), this.id(id)],
      ...[Buffer.from([0xfe]), this.u4(1), this.id(id)],
      ...[Buffer.from([0x8b]), this.id(id)],
    ]);
  }

  done(end = true): Buffer {
    if (end) this.record(0x2c);
    return Buffer.concat(this.#parts);
  }
}

function u2(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function u8(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
