/** What is shown: dumps with how another program confirms a place, wrappers of one core, speeds, extremes. Paths are in the folder that make.sh fills. */
const keyOf = (name) => `matrix/keys/${name}.pem`;
const guestKey = (name) => `guest/keys/${name}.pem`;

const processes = [
  ['elf-core', 'matrix/openssl-s_server-rsa2048.core', 'rsa2048', 'gdb gcore of openssl s_server', 'gdb'],
  ['elf-core', 'matrix/openssl-s_server-p256.core', 'p256', 'gdb gcore of openssl s_server', 'gdb'],
  ['minidump', 'matrix/windows-go-rsa2048.dmp', 'rsa2048', "Wine's MiniDumpWriteDump of a Go server", 'minidump'],
  ['minidump', 'matrix/windows-go-p256.dmp', 'p256', "Wine's MiniDumpWriteDump of a Go server", 'minidump'],
  ['hprof', 'matrix/jmap-live-rsa2048.hprof', 'rsa2048', 'jmap of a TLS server', 'offset'],
  ['hprof', 'matrix/jmap-live-p256.hprof', 'p256', 'jmap of a TLS server', 'offset'],
  ['go-heap-dump', 'more/go-heap-rsa2048.heapdump', 'rsa2048', 'debug.WriteHeapDump', 'go-heap'],
  ['v8-heap-snapshot', 'more/node-p256.heapsnapshot', 'p256', 'node --heapsnapshot-signal', 'offset'],
].map(([format, file, key, by, how]) => ({ format, file, key: keyOf(key), by, how }));

const FORMS = [
  ['raw', '', '.raw', 'QEMU pmemsave', 'raw'],
  ['elf-vmcore', 'guest/', '.elf', 'QEMU dump-guest-memory', 'elf'],
  ['kdump-flattened', 'guest/', '.kdump-zlib', 'QEMU dump-guest-memory -z', 'raw'],
  ['kdump', 'guest/', '.kdump', 'the same by makedumpfile -R', 'kdump'],
  ['kdump', 'guest/', '.kdump-lzo', 'pages by liblzo2', 'kdump'],
  ['kdump', 'guest/', '.kdump-snappy', 'pages by libsnappy', 'kdump'],
  ['lime', 'guest/', '.lime', 'built from raw memory and /proc/iomem', 'lime'],
];
const machines = ['rsa2048', 'p256'].flatMap((key) =>
  FORMS.map(([format, folder, extension, by, how]) => ({
    format,
    file: `guest/${folder}qemu-${key}${extension}`,
    key: guestKey(key),
    by,
    how,
    raw: `guest/qemu-${key}.raw`,
    log: `guest/guest/qemu-${key}.log`,
    registers: `guest/guest/qemu-${key}.registers`,
    process: 'openssl',
  })),
);

const rsa = {
  key: guestKey('rsa2048'),
  raw: 'guest/qemu-rsa2048.raw',
  log: 'guest/guest/qemu-rsa2048.log',
  registers: 'guest/guest/qemu-rsa2048.registers',
  process: 'openssl',
};
const others = [
  ['elf-vmcore', 'guest/guest/qemu-paging-rsa2048.elf', 'QEMU dump-guest-memory -p', 'raw'],
  ['avml', 'more/qemu-rsa2048.avml', 'AVML convert', 'raw'],
  ['kdump', 'more/makedumpfile-zlib', 'makedumpfile -c', 'kdump'],
  ['kdump', 'more/makedumpfile-lzo', 'makedumpfile -l', 'kdump'],
  ['kdump', 'more/makedumpfile-snappy', 'makedumpfile -p', 'kdump'],
  ['kdump-flattened', 'more/makedumpfile-flattened', 'makedumpfile -F', 'raw'],
  ['qemu-migration', 'more/qemu-rsa2048.qevm', 'QEMU migrate exec:', 'raw'],
  ['libvirt-save', 'more/rsa2048.save', "built around QEMU's stream", 'raw'],
  ['vmware-state', 'more/rsa2048.vmss', 'built from raw memory', 'raw'],
  ['windows-kernel-dump-64', 'more/rsa2048.kernel.dmp', 'built from raw memory', 'raw'],
].map(([format, file, by, how]) => ({ ...rsa, format, file, by, how }));
/** gdb reads the core that it was built from, at the address that is told of this one. */
const rebuilt = {
  format: 'mach-o-core',
  file: 'more/nginx-rsa2048.macho',
  key: keyOf('rsa2048'),
  by: 'built from a core of nginx',
  how: 'gdb',
  asked: 'matrix/nginx-rsa2048.core',
};

export const DUMPS = [...processes, ...machines, ...others, rebuilt];

/** One core, as it is and in each wrapper: [file, how the report names its wrappers, by, what is incomplete]. */
export const PLAIN = 'matrix/nginx-rsa2048.core';
export const WRAPPED = [
  ['core.zst', 'zstd', 'zstd'],
  ['core.long.zst', 'zstd', 'zstd --long=27'],
  ['core.pzst', 'zstd', 'pzstd'],
  ['core.gz', 'gzip', 'gzip'],
  ['core.pigz.gz', 'gzip', 'pigz'],
  ['core.xz', 'xz', 'xz -T2'],
  ['core.bz2', 'bzip2', 'bzip2'],
  ['core.lz4', 'lz4', 'lz4'],
  ['core.legacy.lz4', 'lz4', 'lz4 -l'],
  ['core.lzo', 'lzop', 'lzop'],
  ['core.sz', 'snappy', 'python-snappy, framed'],
  ['core.zip', 'zip', 'zip'],
  ['core.zip64', 'zip', 'zip -fz'],
  ['core.streamed.zip', 'zip', 'zip -fd to a pipe'],
  ['core.deflate64.zip', 'zip', '7zz -tzip -mm=Deflate64'],
  ['core.lzma.zip', 'zip', '7zz -tzip -mm=LZMA'],
  ['core.tar', 'tar', 'GNU tar'],
  ['core.tar.gz', 'gzip, tar', 'tar, gzip'],
  ['core.tar.zst', 'zstd, tar', 'tar, zstd'],
  ['core.cab', 'cab', 'gcab -z'],
  ['core.multipart', 'multipart-minidump', 'curl -F'],
  ['core.crash', 'apport-crash, gzip', "apport's problem_report"],
  ['core.nginx.0.6a57c3d5e2bb4d2b9b0a1f7fbc2ba7f5.4711.1700000000000000.zst', 'zstd', "systemd-coredump's name"],
  ['core.nginx.0.6a57c3d5e2bb4d2b9b0a1f7fbc2ba7f5.4711.1700000000000000.lz4', 'lz4', "systemd-coredump's name"],
  ['core.7z', '7z', '7zz'],
  ['core.solid.7z', '7z', '7zz, behind another file of its folder'],
  ['core.lzma.7z', '7z', '7zz -m0=lzma -ms=off'],
  ['core.bcj2.7z', '7z', '7zz -mf=BCJ2'],
  ['core.deflate64.7z', '7z', '7zz -m0=deflate64'],
  ['core.bzip2.7z', '7z', '7zz -m0=bzip2'],
  ['core.delta.7z', '7z', '7zz -m0=delta:8 -m1=lzma2'],
  ['core.libarchive.7z', '7z', 'bsdtar --format=7zip'],
  ['core.ppmd.7z', '', '7zz -m0=ppmd', 'compressed with PPMd'],
  ['core.encrypted.7z', '', '7zz -p', 'encrypted'],
  ['core.locked.7z', '', '7zz -p -mhe', 'encrypted'],
].map(([file, wrappers, by, refused]) => ({ file: `packed/${file}`, wrappers, by, refused }));

/** The same wrappers over a larger core, for the speed of unpacking alone. */
export const LARGE = [
  'zst',
  'long.zst',
  'pzst',
  'gz',
  'pigz.gz',
  'xz',
  'bz2',
  'lz4',
  'legacy.lz4',
  'lzo',
  'sz',
  'zip',
  '7z',
  'tar',
].map((extension) => `large/core.${extension}`);

export const EXTREMES = [
  { name: 'HPROF of a JVM with 2 GB of zeros, gzip -9', file: 'extreme/zeros.hprof.gz' },
  { name: 'zip of 100,000 members, the last a key', file: 'extreme/members.zip' },
  { name: 'zip of 1,000,000 members, of which 100,000 are scanned', file: 'extreme/million.zip' },
  { name: 'endless gzip from a pipe, 256 MiB allowed', endless: 256 },
  { name: 'endless gzip from a pipe, as the command line allows', endless: 0 },
];
