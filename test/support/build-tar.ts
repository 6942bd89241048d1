/** Writes archives by POSIX.1-2001, "ustar Interchange Format"; shares nothing with the reader. */

const BLOCK = 512;

/** `padding`: what fills each member's last block, in place of zeros; cut short where there is no room. */
export function buildTar(
  members: ReadonlyArray<readonly [name: string, bytes: Uint8Array, padding?: Uint8Array]>,
): Buffer {
  const parts = members.flatMap(([name, bytes, padding = new Uint8Array(0)]) => {
    const rest = Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK);
    rest.set(padding.subarray(0, rest.length));
    return [header(name, bytes.length), Buffer.from(bytes), rest];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function header(name: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const field = (at: number, length: number, value: number) =>
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  block.write(name, 0, 100, 'utf8');
  field(100, 8, 0o644);
  field(108, 8, 0);
  field(116, 8, 0);
  field(124, 12, size);
  field(136, 12, 1_700_000_000);
  block.fill(' ', 148, 156);
  block.write('0', 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  field(
    148,
    7,
    block.reduce((sum, byte) => sum + byte, 0),
  );
  return block;
}
