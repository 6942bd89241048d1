/**
 * What is damaged: whole files by the programs that define their formats, from samples/ and test/fixtures; where no such
 * program runs here (Mach-O, VMware, Windows' kernel, libvirt), files of the tests' builders.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { builders, windowsMachine } from '../builders.mjs';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const load = (file) => {
  const bytes = readFileSync(path.join(root, file));
  if (file.endsWith('.gz')) return new Uint8Array(gunzipSync(bytes));
  if (file.endsWith('.br')) return new Uint8Array(brotliDecompressSync(bytes));
  return new Uint8Array(bytes);
};
const files = (...names) => names.map((name) => ({ name: path.basename(name), bytes: load(name) }));

/** A builder of the tests. */
const builder = async (name) => (await builders(name))[0];

const filled = (length, byte) => new Uint8Array(length).fill(byte);
const pages = (...fill) => Buffer.concat(fill.map((byte) => Buffer.alloc(4096, byte)));

const built = {
  async 'mach-o'() {
    const { buildMachO } = await builder('mach-o');
    const segments = [
      { address: 0x1000n, bytes: filled(4096, 1), protection: 5 },
      { address: 0x9000n, bytes: filled(8192, 2), memorySize: 12_288 },
      { address: 0x20000n, bytes: filled(4096, 3) },
    ];
    const notes = [['addrable bits', filled(20, 7)]];
    return [
      [64, false, 0x01000007, 4, 168],
      [64, false, 0x0100000c, 6, 272],
      [32, true, 18, 1, 160],
    ].map(([bits, big, cpu, flavor, size]) => ({
      name: `${bits} bits${big ? ', big-endian' : ''}, processor ${cpu}`,
      bytes: buildMachO({ bits, big, cpu, segments, threads: [[[flavor, filled(size, 0)]]], notes }),
    }));
  },
  async vmware() {
    const { blockTag, buildVmware, valueTag } = await builder('vmware');
    const memory = pages(1, 1, 2, 2, 2, 3);
    return [8, 4].map((word) => ({
      name: `words of ${word} bytes`,
      bytes: buildVmware(word === 8 ? 0xbed2bed2 : 0xbed0bed0, [
        { name: 'cpu', tags: [valueTag('cpu:numVCPUs', [], 4), blockTag('gpregs', [0], Buffer.alloc(128), { word })] },
        {
          name: 'memory',
          tags: [
            valueTag('regionsCount', [], 2),
            ...[0, 1].flatMap((i) => [
              valueTag('regionPPN', [i], i * 0x100),
              valueTag('regionPageNum', [i], i * 2),
              valueTag('regionSize', [i], 2 + i * 2),
            ]),
            blockTag('Memory', [0, 0], memory, { padding: 13, word }),
          ],
        },
      ]),
    }));
  },
  async 'windows-kernel'() {
    const { buildBitmap, buildFull, buildRanges } = await builder('windows-kernel');
    const runs = [
      { page: 1, bytes: pages(1, 1) },
      { page: 0x100, bytes: pages(...Array(9).fill(2)) },
      { page: 0x203, bytes: pages(3) },
    ];
    return [
      { name: 'full', bytes: buildFull(runs) },
      { name: 'full, 32 bits', bytes: buildFull(runs, 32) },
      { name: 'kernel, bitmap', bytes: buildBitmap(6, runs, 0x210) },
      { name: 'kernel of older systems', bytes: buildBitmap(2, runs, 0x210) },
      { name: 'bitmap, 32 bits', bytes: buildBitmap(5, runs, 0x210, 32) },
      { name: 'live', bytes: buildRanges(9, runs) },
    ];
  },
  async 'windows-machine'() {
    const { buildBitmap, buildFull } = await builder('windows-kernel');
    const { WindowsMachine, builds } = await windowsMachine();
    return builds.flatMap((build, index) => {
      const machine = new WindowsMachine(build, { shadow: index % 2 === 1, large: index > 1 });
      const names = ['smss.exe', 'csrss.exe', 'lsass.exe', 'server.exe'];
      for (const [i, name] of names.entries())
        machine.process(name, 348 + 4 * i, [[0x1f3_a0b1_2000n, pages(i + 1, 9)]]);
      const memory = machine.finish();
      const runs = [{ page: 1, bytes: memory.subarray(4096) }];
      return [
        { name: `${build}, full`, bytes: buildFull(runs) },
        { name: `${build}, bitmap`, bytes: buildBitmap(5, runs, 2048) },
      ];
    });
  },
  async lime() {
    const { buildLime } = await builder('lime');
    const ranges = [
      [0x1000n, filled(0x9ec00 - 0x1000, 1)],
      [0x100000n, filled(5000, 2)],
      [0x1_0000_0000n, filled(3000, 3)],
    ];
    return [false, true].map((big) => ({ name: big ? 'big-endian' : 'little-endian', bytes: buildLime(ranges, big) }));
  },
  async minidump() {
    const { buildMinidump, systemInfo } = await builder('minidump');
    const small = [
      { address: 0x1000n, bytes: filled(64, 1) },
      { address: 0x8000n, bytes: filled(128, 2) },
    ];
    const modules = [{ address: 0x8000n, size: 0x1000, name: 'C:\\lib\\a.dll' }];
    return [
      {
        name: 'memory list',
        bytes: buildMinidump({
          small,
          modules,
          threads: [{ id: 11, stack: 1 }],
          info: [{ address: 0x1000n, size: 0x1000n, type: 0x20000 }],
        }),
      },
      { name: 'full memory', bytes: buildMinidump({ full: small, modules, others: [[7, systemInfo(9)]] }) },
    ];
  },
  async libvirt() {
    const { buildSave } = await builder('qevm');
    const stream = load('test/fixtures/dump/qevm.gz');
    return [false, true].map((big) => ({
      name: big ? 'big-endian' : 'little-endian',
      bytes: buildSave(0, stream, undefined, big),
    }));
  },
};

const own = (list) => list.map(({ name, bytes }) => ({ name, bytes: Uint8Array.from(bytes) }));
const unwrap = 'test/fixtures/unwrap';
const packed = (extension) =>
  files(
    ...readdirSync(path.join(root, unwrap))
      .filter((name) => name.endsWith(`.${extension}.packed`) && !name.includes('long31'))
      .map((name) => `${unwrap}/${name}`),
  );
const archives = (...names) => files(...names.map((name) => `${unwrap}/archives/${name}`));
const dumps = (...names) => files(...names.map((name) => `test/fixtures/dump/${name}`));
const samples = (...names) => files(...names.map((name) => `samples/${name}.gz`));

const SEVEN_ZIP = [
  ...['lzma2', 'lzma', 'apart', 'plain-header', 'copy', 'deflate', 'deflate64', 'bzip2', 'ppmd', 'delta', 'bcj'],
  ...['bcj2', 'arm64', 'encrypted', 'locked', 'libarchive', 'py7zr', 'py7zr-zstd', 'nothing'],
];

/** Each parser and unpacker: its kind, and how to load its files. */
export const TARGETS = {
  'elf-core': [
    'map',
    () => samples('bash-clean.core', 'sleep-clean.core', 's390x-crash.core', 'arm-crash.core', 'gnutls-p256.core'),
  ],
  'elf-vmcore': ['map', () => dumps('machine.elf.gz', 'qemu/guest.elf.gz')],
  minidump: [
    'map',
    async () => [...samples('windows-clean.dmp', 'windows-stacks.dmp'), ...own(await built.minidump())],
  ],
  'windows-kernel': ['map', async () => own(await built['windows-kernel']())],
  'windows-machine': ['map', async () => own(await built['windows-machine']())],
  lime: ['map', async () => own(await built.lime())],
  vmware: ['map', async () => own(await built.vmware())],
  'mach-o': ['map', async () => own(await built['mach-o']())],
  hprof: ['map', () => dumps('hprof/plant.hprof.br')],
  'go-heap': ['map', () => dumps('go/plant.heapdump.gz')],
  'v8-snapshot': ['map', () => [{ name: 'written by node itself', bytes: snapshot() }]],
  kdump: ['paged', () => dumps('zlib.kdump.gz', 'lzo.kdump.gz', 'snappy.kdump.gz', 'zstd.kdump.gz')],
  'kdump-flattened': ['paged', () => dumps('flattened.kdump.gz')],
  avml: ['paged', () => dumps('memory.avml.gz')],
  'qemu-migration': ['paged', () => dumps('qevm.gz')],
  'libvirt-save': ['paged', async () => own(await built.libvirt())],
  gzip: ['compression', () => packed('gz')],
  zstd: ['compression', () => packed('zst')],
  xz: ['compression', () => packed('xz')],
  lzma: ['compression', () => packed('lzma')],
  lz4: ['compression', () => packed('lz4')],
  bzip2: ['compression', () => packed('bz2')],
  snappy: ['compression', () => packed('sz')],
  lzop: ['compression', () => packed('lzo')],
  tar: [
    'archive',
    () =>
      archives(
        'v7.tar',
        'ustar.tar',
        'gnu.tar',
        'posix.tar',
        'libarchive.tar',
        'concatenated.tar',
        'sparse-gnu.tar',
        'sparse-0.0.tar',
        'sparse-0.1.tar',
        'sparse-1.0.tar',
      ),
  ],
  zip: [
    'archive',
    () =>
      archives(
        'info.zip',
        'folders.zip',
        'zip64.zip',
        'streamed.zip',
        'libarchive.zip',
        'encrypted.zip',
        'bzip2.zip',
        'lzma.zip',
        'lzma-marked.zip',
        'zstd.zip',
        'xz.zip',
        'deflate64.zip',
        'aes.zip',
      ),
  ],
  '7z': ['archive', () => archives(...SEVEN_ZIP.map((name) => `../7z/${name}.7z`))],
  apport: ['archive', () => archives('report.crash', 'whole.crash')],
  cab: [
    'archive',
    () => archives('stored.cab', 'mszip.cab', '../cab/lzx15.cab', '../cab/lzx18.cab', '../cab/lzx21.cab'),
  ],
  multipart: ['archive', () => archives('upload.multipart')],
};

/** A graph in V8's own layout with made-up content: a real one is megabytes, most of it node's names. */
function snapshot() {
  const strings = Array.from({ length: 3000 }, (_, i) => `a string of ${i} "quoted" \u00e9 ${'x'.repeat(i % 60)}`);
  const fields = ['type', 'name', 'id', 'self_size', 'edge_count', 'detachedness'];
  const meta = {
    node_fields: fields,
    node_types: [['hidden', 'array', 'string', 'object', 'concatenated string', 'sliced string']],
    edge_fields: ['type', 'name_or_index', 'to_node'],
    edge_types: [['context', 'element', 'internal']],
  };
  const nodes = strings.flatMap((_, i) => [2, i, 2 * i + 1, 24, 0, 0]);
  const edges = [];
  const [first, second, parent] = ['first', 'second', 'parent'].map((name) => strings.push(name) - 1);
  const texts = nodes.length / fields.length;
  for (let i = 0; i < 600; i++) {
    const slice = i % 7 === 6;
    const parts = slice ? [parent] : [first, second];
    // Of texts, and of what was put together before.
    for (const part of parts) edges.push(2, part, fields.length * ((i * 7919 + part) % (texts + i)));
    nodes.push(slice ? 5 : 4, 0, 2 * (texts + i) + 1, 32, parts.length, 0);
  }
  const snapshot = { meta, node_count: texts + 600, edge_count: edges.length / 3 };
  return new Uint8Array(Buffer.from(JSON.stringify({ snapshot, nodes, edges, strings })));
}
