/**
 * `virsh save`: a header, the domain's XML, then a migration stream of QEMU, compressed or not. The image is header and
 * XML as they stand, then what the stream holds.
 */
import { latin1 } from '../../bytes/convert.js';
import { checkedSize, Fields } from '../../bytes/read.js';
import { FormatError } from '../../errors.js';
import type { RandomBytes } from '../../source/unwrap/chunks.js';
import { HEAD_LENGTH, wrapperOf } from '../../source/unwrap/registry.js';
import type { Wrapper } from '../../source/unwrap/wrapper.js';
import type { DumpMap, Warning } from '../../types.js';
import { FileSpans, type Part, pagedDump } from '../image.js';
import type { PagedFormat } from '../paged.js';
import { MAGIC as STREAM } from '../qemu-migration/format.js';
import { readMachine, type Stream } from '../qemu-migration/memory.js';
import { mapOf, streamOf } from '../qemu-migration/parse.js';
import { FORMATS, HEADER, MAGIC, PARTIAL, VERSION } from './format.js';

/** XML of a domain with hundreds of devices is some hundred kilobytes. */
const MAX_XML = 64 << 20;

/** `wrappers`: what unpacks the stream; all there are when not given. */
export function libvirtSaveWith(wrappers?: readonly Wrapper[]): PagedFormat {
  return {
    name: 'libvirt-save',
    matches: (head) => [MAGIC, PARTIAL].includes(latin1(head, 0, MAGIC.length)),
    open: (file) => open(file, wrappers),
  };
}

export const libvirtSave = libvirtSaveWith();

async function open(file: RandomBytes, wrappers: readonly Wrapper[] | undefined) {
  const head = await file.read(0, HEADER.length);
  const fields = [true, false]
    .map((little) => new Fields(head, little))
    .find((each) => each.u32(HEADER.version) === VERSION);
  if (fields === undefined) throw new FormatError('save image of an unknown version');
  const length = checkedSize(fields.u32(HEADER.dataLength), Math.min(MAX_XML, file.size), 'length of the XML');
  const start = Math.min(file.size, HEADER.length + length);
  const warnings: Warning[] = [];
  if (latin1(head, 0, PARTIAL.length) === PARTIAL) {
    const message = 'the save image was not finished';
    warnings.push({ code: 'INCOMPLETE_DUMP', message, incomplete: true });
  }
  const format = fields.u32(HEADER.format);
  const facts: DumpMap['facts'] = [
    ...domainFacts(await file.read(HEADER.length, length)),
    ['was running', fields.u32(HEADER.wasRunning) === 1 ? 'yes' : 'no'],
    ['compression', FORMATS[format] ?? `number ${format}`],
  ];
  const prefix = new FileSpans(file, [{ offset: 0, length: start }]);
  const region = { offset: 0, length: start, kind: 'metadata' } as const;
  const stream = await streamAt(file, start, wrappers, warnings);
  if (stream === undefined) return rawRest(file, prefix, facts, warnings);
  const machine = await readMachine(stream.open, start, stream.random);
  const map = mapOf('libvirt-save', machine);
  const whole: DumpMap = {
    ...map,
    facts: [...facts, ...map.facts],
    regions: [region, ...map.regions],
    declaredSize: start + machine.part.length,
    warnings: [...warnings, ...map.warnings],
  };
  return pagedDump(whole, [prefix, machine.part]);
}

/** The stream behind the XML; undefined when nothing here unpacks it. */
async function streamAt(
  file: RandomBytes,
  start: number,
  wrappers: readonly Wrapper[] | undefined,
  warnings: Warning[],
): Promise<{ open: Stream; random: boolean } | undefined> {
  const packed = streamOf(file, start);
  const head = await file.read(start, HEAD_LENGTH);
  if (latin1(head, 0, STREAM.length) === STREAM) return { open: packed, random: true };
  const wrapper = wrapperOf(head, wrappers);
  if (wrapper?.kind !== 'compression') return undefined;
  // Each pass remarks the same: only the first time is told.
  let passes = 0;
  const open: Stream = () => {
    const first = passes++ === 0;
    return wrapper.unpack(packed(0), (warning) => {
      if (first) warnings.push(warning);
    });
  };
  return { open, random: false };
}

/** A stream that nothing here unpacks. */
function rawRest(file: RandomBytes, prefix: Part, facts: DumpMap['facts'], warnings: readonly Warning[]) {
  const rest = new FileSpans(file, [{ offset: prefix.length, length: file.size - prefix.length }]);
  const message = 'the stream of the machine is not unpacked: only its packed bytes were scanned';
  const map: DumpMap = {
    format: 'libvirt-save',
    facts,
    regions: [
      { offset: 0, length: prefix.length, kind: 'metadata' as const },
      { offset: prefix.length, length: rest.length, kind: 'raw' as const },
    ].filter(({ length }) => length > 0),
    modules: [],
    threads: [],
    holes: [],
    declaredSize: file.size,
    warnings: [...warnings, { code: 'COMPRESSED_NOT_UNPACKED', message, incomplete: true }],
  };
  return pagedDump(map, [prefix, rest]);
}

/** Name and UUID, the first of each in the XML. */
function domainFacts(xml: Uint8Array): Array<[string, string]> {
  const text = Buffer.from(xml).toString('utf8');
  const facts: Array<[string, string]> = [];
  for (const [fact, element] of [
    ['domain', 'name'],
    ['uuid', 'uuid'],
  ] as const) {
    const match = new RegExp(`<${element}>([^<\\p{Cc}]{1,200})</${element}>`, 'u').exec(text);
    if (match) facts.push([fact, match[1] as string]);
  }
  return facts;
}
