/**
 * Overwriting of secret bytes after use. JavaScript cannot promise more: strings and bigints are immutable and the
 * collector may have copied them; this shortens the time that typed arrays hold secrets.
 */
export function wipe(...arrays: ReadonlyArray<Uint8Array | undefined>): void {
  for (const array of arrays) array?.fill(0);
}
