/** Pieces of a QEMU migration stream, after migration/savevm.c and migration/ram.c. */

export const be = (value: number, bytes: number) =>
  Buffer.from(
    BigInt(value)
      .toString(16)
      .padStart(bytes * 2, '0'),
    'hex',
  );
const string = (text: string) => Buffer.concat([be(text.length, 1), Buffer.from(text, 'latin1')]);

export const EOS = be(0x10, 8);

export function page(offset: number, flags: number, block: string | undefined, ...data: Uint8Array[]): Buffer {
  const name = block === undefined ? Buffer.alloc(0) : string(block);
  return Buffer.concat([be(offset + flags + (block === undefined ? 0x20 : 0), 8), name, ...data]);
}

/** Of all devices: the last thing in a stream. */
export const DESCRIPTION = Buffer.from('{"page_size": 4096, "devices": [{}]}');

export interface StreamShape {
  readonly machine?: string;
  readonly blocks: ReadonlyArray<readonly [name: string, size: number]>;
  readonly records: readonly Buffer[];
  readonly tail?: Buffer;
}

export function buildStream({ machine = 'pc-q35-7.2', blocks, records, tail }: StreamShape): Uint8Array {
  const total = blocks.reduce((sum, [, size]) => sum + size, 0);
  const footer = Buffer.concat([be(0x7e, 1), be(2, 4)]);
  return Uint8Array.from(
    Buffer.concat([
      Buffer.from('QEVM\0\0\0\x03', 'latin1'),
      ...[be(7, 1), be(machine.length, 4), Buffer.from(machine)],
      ...[be(1, 1), be(2, 4), string('ram'), be(0, 4), be(4, 4), be(total + 4, 8)],
      ...blocks.flatMap(([name, size]) => [string(name), be(size, 8)]),
      ...[EOS, footer, be(2, 1), be(2, 4), ...records, EOS, footer],
      ...[be(3, 1), be(2, 4), EOS, footer, tail ?? Buffer.alloc(0), be(6, 1), be(DESCRIPTION.length, 4), DESCRIPTION],
    ]),
  );
}

/** libvirt's header of 92 bytes, and XML. */
export function buildSave(format: number, stream: Uint8Array, magic = 'LibvirtQemudSave', big = false): Uint8Array {
  const xml = Buffer.from(
    '<domain type="kvm">\n  <name>web-1</name>\n  <uuid>1b4e28ba-2fa1-11d2-883f-0016d3cca427</uuid>\n</domain>\0',
  );
  const head = Buffer.alloc(92);
  head.write(magic, 'latin1');
  for (const [i, value] of [2, xml.length, 1, format].entries()) {
    if (big) head.writeUInt32BE(value, 16 + 4 * i);
    else head.writeUInt32LE(value, 16 + 4 * i);
  }
  return Uint8Array.from(Buffer.concat([head, xml, stream]));
}
