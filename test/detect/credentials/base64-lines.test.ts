import { describe, expect, it } from 'vitest';
import { makeExample } from '../../../src/detect/credentials/examples.js';
import { scan } from '../../../src/engine.js';
import { withFile } from '../../support/files.js';

/** With its checksum, so that it is known wherever it stands. */
const token = (seed: string) => makeExample('ghp_<crc32-base62:30>', seed);
const [A, B] = [token('a'), token('b')];

async function found(text: string) {
  const { inputs } = await withFile(Buffer.from(`${'x '.repeat(40)}\n${text}\n`, 'latin1'), (file) =>
    scan({ targets: [file] }),
  );
  return (inputs[0]?.findings ?? []).map(({ rule, locations }) => [rule, locations.length]);
}

/** As `base64 -w` does. */
function wrapped(text: string, columns: number, end = '\n'): string {
  return (
    Buffer.from(text, 'latin1')
      .toString('base64')
      .match(new RegExp(`.{1,${columns}}`, 'g')) ?? []
  ).join(end);
}

const TWICE = [
  ['github-personal-token', 1],
  ['github-personal-token', 1],
];

describe('tokens in base64', () => {
  it.each(['', 'a', 'ab'])('are both found side by side, and with a sign between them, behind %j', async (lead) => {
    for (const between of ['', ' ', '\n', ',', '\0']) {
      expect(await found(wrapped(lead + A + between + B, 1000)), JSON.stringify(between)).toEqual(TWICE);
    }
  });

  it('are found across the ends of lines of 64 and 76 digits, also indented', async () => {
    for (const text of [`${A}\n${B}`, `a${A} ${B} and more`, `ab${A}${B}`]) {
      for (const columns of [64, 76]) {
        expect(await found(wrapped(text, columns))).toEqual(TWICE);
        expect(await found(wrapped(text, columns, '\r\n'))).toEqual(TWICE);
        expect(await found(`  ${wrapped(text, columns, '\n  ')}`)).toEqual(TWICE);
      }
    }
  });

  it('are found below a line that is no part of it', async () => {
    expect(await found(`token\n${wrapped(A, 1000)}\nend`)).toEqual([['github-personal-token', 1]]);
  });
});
