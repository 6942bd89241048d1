/** What this build is, for reports. */
import { createRequire } from 'node:module';

/** By its own name, wherever this file was built to. */
const manifest = createRequire(import.meta.url)('dumpsieve/package.json') as { version: string };

export const VERSION = manifest.version;

/** Changes whenever a detector, an anchor or a judgement changes what is found. */
export const RULESET = 'keys-3';

/** Likewise for the rules of credentials, and what is told of a user's own. */
export const CREDENTIAL_RULESET = 'credentials-2';
export const OWN_RULES = 'own';
