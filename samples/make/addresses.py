# Adds to manifest.json the virtual address of each form, as other programs tell it: readelf for cores, the Python package
# `minidump` for minidumps. addresses.py SAMPLES
import gzip, json, os, re, subprocess, sys, tempfile
folder = sys.argv[1]
path = os.path.join(folder, 'manifest.json')
manifest = json.load(open(path))

def core_segments(file):
    out = subprocess.run(['readelf', '-lW', file], capture_output=True, text=True).stdout
    for offset, address, size in re.findall(r'^\s+LOAD\s+(0x\w+)\s+(0x\w+)\s+0x\w+\s+(0x\w+)', out, re.M):
        yield int(offset, 16), int(address, 16), int(size, 16)

def dump_segments(file):
    from minidump.constants import MINIDUMP_STREAM_TYPE
    from minidump.minidumpfile import MinidumpFile
    # wine writes a stream of its own, 0xfff0, that the package does not know.
    MINIDUMP_STREAM_TYPE._missing_ = classmethod(lambda cls, value: cls.UnusedStream)
    dump = MinidumpFile.parse(file)
    memory = dump.memory_segments_64 or dump.memory_segments
    for segment in memory.memory_segments:
        yield segment.start_file_address, segment.start_virtual_address, segment.size

for sample in manifest['samples']:
    if sample['format'] == 'raw' or not sample['keys']: continue
    with tempfile.NamedTemporaryFile() as file:
        file.write(gzip.open(os.path.join(folder, sample['file'])).read())
        file.flush()
        segments = list((core_segments if sample['format'] == 'elf-core' else dump_segments)(file.name))
    for key in sample['keys']:
        for form in key['forms']:
            for offset, address, size in segments:
                if offset <= form['offset'] < offset + size:
                    form['address'] = hex(address + form['offset'] - offset)
                    break
json.dump(manifest, open(path, 'w'), indent=1)
