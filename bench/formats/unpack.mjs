/** Unpacks a file by the scanner's own decoder and looks at nothing: for its speed alone. usage: unpack.mjs FILE */
import { openSync, statSync } from 'node:fs';
import { fileChunks, randomFile } from '../../dist/source/unwrap/chunks.js';
import { wrapperOf } from '../../dist/source/unwrap/registry.js';

const fd = openSync(process.argv[2], 'r');
const { size } = statSync(process.argv[2]);
const wrapper = wrapperOf(await randomFile(fd, size).read(0, 512));
let bytes = 0;
const count = async (chunks) => {
  for await (const piece of chunks) bytes += piece.length;
};
const remark = () => {};
if (wrapper.kind === 'compression') await count(wrapper.unpack(fileChunks(fd, size), remark));
else {
  const packed = wrapper.access === 'random' ? randomFile(fd, size) : fileChunks(fd, size);
  for await (const part of wrapper.parts(packed, remark)) if (part.kind === 'member') await count(part.chunks);
}
console.log(JSON.stringify({ bytes }));
