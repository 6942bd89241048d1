/** Texts near a token that may be the secret of its signature: whole ones, and their words. */

/** Bytes looked at on each side, and texts taken, the nearest first. */
const REACH = 2048;
const MAX_TEXTS = 1000;

export interface NearText {
  /** Index of the window. */
  readonly at: number;
  readonly text: string;
}

/** `length`: the least and the most bytes of a text. ASCII alone: in UTF-16 a secret is found by its name. */
export function textsNear(
  bytes: Uint8Array,
  from: number,
  to: number,
  [least, most]: readonly [number, number],
): { texts: NearText[]; cut: boolean } {
  const found: NearText[] = [];
  const take = (at: number, text: string) => {
    if (text.length >= least && text.length <= most) found.push({ at, text });
  };
  const sides = [
    [Math.max(0, from - REACH), from],
    [to, Math.min(bytes.length, to + REACH)],
  ] as const;
  for (const [start, end] of sides) {
    const text = Buffer.from(bytes.slice(start, end)).toString('latin1');
    for (const { index, 0: run } of text.matchAll(/[\x20-\x7e]{4,}/g)) {
      take(start + index, run);
      for (const word of run.matchAll(/[^\s"'`,;<>()[\]{}\\]+/g)) {
        if (word[0].length < run.length) take(start + index + word.index, word[0]);
        // The value of `name=value` or `name:value`: padding of base64 is part of it.
        const behind = /^[\w.-]{1,64}[=:](.+)$/.exec(word[0])?.[1];
        if (behind !== undefined) take(start + index + word.index + word[0].length - behind.length, behind);
      }
    }
  }
  const distance = ({ at, text }: NearText) => (at < from ? from - at - text.length : at - to);
  found.sort((a, b) => distance(a) - distance(b) || b.text.length - a.text.length);
  return { texts: found.slice(0, MAX_TEXTS), cut: found.length > MAX_TEXTS };
}
