import { describe, expect, it } from 'vitest';
import { outputsOf, withConfig } from '../../src/cli/options.js';
import { withFile } from '../support/files.js';

function config(text: string, raw = {}) {
  return withFile(Buffer.from(text), async (file) => withConfig({ config: file, progress: true, ...raw }));
}

describe('outputsOf', () => {
  it('writes text to standard output unless told otherwise', () => {
    expect(outputsOf({})).toEqual([{ format: 'text' }]);
    expect(outputsOf({ format: ['json'], output: 'r.json' })).toEqual([{ format: 'json', file: 'r.json' }]);
  });

  it('takes several formats, each with its file or under one name', () => {
    expect(outputsOf({ format: ['text', 'sarif=a=b.sarif'] })).toEqual([
      { format: 'text' },
      { format: 'sarif', file: 'a=b.sarif' },
    ]);
    expect(outputsOf({ format: ['json', 'sarif', 'junit', 'html'], output: 'out' }).map(({ file }) => file)).toEqual([
      'out.json',
      'out.sarif',
      'out.xml',
      'out.html',
    ]);
  });

  it.each([
    [{ format: ['json', 'text'] }],
    [{ format: ['yaml'] }],
    [{ format: ['json='] }],
    [{ format: ['json=a'], output: 'b' }],
  ])('refuses what has no single meaning: %j', (raw) => {
    expect(() => outputsOf(raw)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});

describe('withConfig', () => {
  it('takes options from the file, and lets the command line win', async () => {
    const text = '{"failOn": "high", "jobs": 3, "progress": false}';
    expect(await config(text, { jobs: 1 })).toMatchObject({ failOn: 'high', jobs: 1, progress: false });
  });

  it.each(['[]', 'null', '{', '{"jobs": 0}', '{"colour": true}', '{"format": "json"}', '{"__proto__": 1}'])(
    'refuses %s',
    async (text) => {
      await expect(config(text)).rejects.toMatchObject({ code: 'USAGE' });
    },
  );

  it('refuses a file that is not there', () => {
    expect(() => withConfig({ config: '/nonexistent/dumpsieve.json' })).toThrow(
      expect.objectContaining({ code: 'USAGE' }),
    );
  });
});
