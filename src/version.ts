/** What this build is, for reports. */
import { readFileSync } from 'node:fs';

/** package.json lies one folder above both src/ and dist/. */
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

export const VERSION = manifest.version;

/** Changes whenever a detector, an anchor or a judgement changes what is found. */
export const RULESET = 'keys-2';
