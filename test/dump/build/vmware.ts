/** Writes VMware states by crash's vmware_vmss.h; shares nothing with the parser. */
export interface VmwareGroup {
  readonly name: string;
  readonly tags: readonly Buffer[];
}

const le = (value: number | bigint, size: number) => {
  const bytes = Buffer.alloc(size);
  for (let i = 0; i < size; i++) bytes[i] = Number((BigInt(value) >> BigInt(8 * i)) & 0xffn);
  return bytes;
};

const head = (name: string, indices: readonly number[], size: number) =>
  Buffer.concat([
    le((name.length << 8) | (indices.length << 6) | size, 2),
    Buffer.from(name),
    ...indices.map((index) => le(index, 4)),
  ]);

/** A value of `size` bytes. */
export function valueTag(name: string, indices: readonly number[], value: number, size = 4): Buffer {
  return Buffer.concat([head(name, indices, size), le(value, size)]);
}

/** Size in the file, size in memory, bytes of padding, the padding, the block. */
export function blockTag(
  name: string,
  indices: readonly number[],
  bytes: Uint8Array,
  { word = 8, padding = 0, compressed = false } = {},
): Buffer {
  const sizes = [le(bytes.length, word), le(bytes.length, word), le(padding, 2), Buffer.alloc(padding, 0xcc)];
  return Buffer.concat([head(name, indices, compressed ? 0x3e : 0x3f), ...sizes, bytes]);
}

export function buildVmware(id: number, groups: readonly VmwareGroup[]): Buffer {
  const bodies = groups.map(({ tags }) => Buffer.concat([...tags, le(0, 2)]));
  let at = 12 + 80 * groups.length;
  const table = groups.map(({ name }, i) => {
    const size = bodies[i]?.length ?? 0;
    const entry = Buffer.concat([Buffer.from(name.padEnd(64, '\0')), le(at, 8), le(size, 8)]);
    at += size;
    return entry;
  });
  return Buffer.concat([le(id, 4), le(8, 4), le(groups.length, 4), ...table, ...bodies]);
}
