/** The lines of a PuTTY key file: LF, CR LF or CR, or these written as escapes when the file stands in a string. */
import { checkedSize } from '../../bytes/read.js';
import type { TextView } from '../../bytes/text-view.js';
import { BoundsError } from '../../errors.js';

/** A comment may be long; base64 lines have 64 characters. */
const MAX_LINE = 1024;
const MAX_LINES = 512;

export interface PpkLines {
  /** Index after the last character of the line that was read last, without its line end. */
  readonly end: number;
  /** The next line, without its end. Undefined at the end of the text, and when the line is too long. */
  next(): string | undefined;
  /** Reads as many lines of base64 as `count` says, and joins them. Undefined when they are not all there. */
  base64(count: string): string | undefined;
}

/** Reads from `from`, at most MAX_LINES lines. */
export function readPpkLines(view: TextView, from: number): PpkLines {
  let at = from;
  let end = from;
  let left = MAX_LINES;
  // How the first line ends tells how all do: a comment such as C:\new holds no line end.
  let escaped: boolean | undefined;

  function lineEnd(index: number): number {
    const code = view.code(index);
    if (escaped !== true && (code === 0x0a || code === 0x0d)) {
      return code === 0x0d && view.code(index + 1) === 0x0a ? 2 : 1;
    }
    if (escaped === false || code !== 0x5c) return 0;
    const text = /^\\{1,4}(?:r\\{1,4}n|n|r)/.exec(view.slice(index, index + 10));
    return text?.[0].length ?? 0;
  }

  function next(): string | undefined {
    if (left-- <= 0) return undefined;
    for (let index = at; index < at + MAX_LINE; index++) {
      const code = view.code(index);
      const length = lineEnd(index);
      // The last line may end with the string or the memory that holds it.
      const stops = code < 0x09 || (code === 0x22 && escaped === true);
      if (length === 0 && !stops) continue;
      if (stops && index === at) return undefined;
      escaped ??= length > 0 ? code === 0x5c : undefined;
      const line = view.slice(at, index).replace(/^[ \t]+/, '');
      end = index;
      at = index + length;
      return line;
    }
    return undefined;
  }

  function base64(count: string): string | undefined {
    let joined = '';
    try {
      for (let i = checkedSize(Number(count), MAX_LINES, 'PPK line count'); i > 0; i--) {
        const line = next();
        if (line === undefined || !/^[A-Za-z0-9+/]{1,128}={0,2}$/.test(line)) return undefined;
        joined += line;
      }
    } catch (error) {
      if (error instanceof BoundsError) return undefined;
      throw error;
    }
    return joined;
  }

  return {
    get end() {
      return end;
    },
    next,
    base64,
  };
}
