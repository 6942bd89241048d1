/** From raw options (command line, then configuration file) to validated ones that can be run. */
import { readFileSync } from 'node:fs';
import type { CredentialChoice } from '../engine.js';
import { codeOf, DumpsieveError } from '../errors.js';
import { FORMATS, type ReportFormat } from '../report/formats.js';
import { readRules } from '../rules.js';
import type { Severity } from '../types.js';

/** What commander hands over, and what a configuration file may hold. */
export interface RawScanOptions {
  readonly format?: readonly string[];
  readonly output?: string;
  readonly failOn?: Severity;
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly reason?: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly known?: readonly string[];
  readonly thorough?: boolean;
  readonly rules?: readonly string[];
  readonly jobs?: number;
  readonly progress?: boolean;
  readonly config?: string;
}

/** One report to write; `file` absent means standard output. */
export interface Output {
  readonly format: ReportFormat;
  readonly file?: string;
}

type Check = (value: unknown) => boolean;
const isString: Check = (value) => typeof value === 'string';
const isStrings: Check = (value) => Array.isArray(value) && value.every(isString);

/** The keys that a configuration file may hold, and what each must be. */
const CONFIG_KEYS: Readonly<Record<Exclude<keyof RawScanOptions, 'config'>, Check>> = {
  format: isStrings,
  output: isString,
  failOn: (value) => ['critical', 'high', 'medium', 'low'].includes(value as string),
  baseline: isString,
  writeBaseline: isString,
  reason: isString,
  include: isStrings,
  exclude: isStrings,
  known: isStrings,
  thorough: (value) => typeof value === 'boolean',
  rules: isStrings,
  jobs: (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 999,
  progress: (value) => typeof value === 'boolean',
};

const EXTENSIONS: Readonly<Record<ReportFormat, string>> = {
  text: 'txt',
  json: 'json',
  sarif: 'sarif',
  junit: 'xml',
  html: 'html',
};

/** Reads the configuration file that `raw` names, if any; what stands on the command line wins. */
export function withConfig(raw: RawScanOptions): RawScanOptions {
  if (raw.config === undefined) return raw;
  const config = parseConfig(readText(raw.config, 'configuration'), raw.config);
  // Commander always sets `progress`; only --no-progress is the user's word.
  const progress = raw.progress === false ? false : config.progress;
  return { ...config, ...definedOnly(raw), progress };
}

function parseConfig(text: string, file: string): RawScanOptions {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DumpsieveError('USAGE', `${file}: not JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DumpsieveError('USAGE', `${file}: an object is needed`);
  }
  for (const [name, entry] of Object.entries(value)) {
    const check = Object.hasOwn(CONFIG_KEYS, name) ? CONFIG_KEYS[name as keyof typeof CONFIG_KEYS] : undefined;
    if (check === undefined) throw new DumpsieveError('USAGE', `${file}: unknown option "${name}"`);
    if (!check(entry)) throw new DumpsieveError('USAGE', `${file}: wrong value for "${name}"`);
  }
  return value;
}

function definedOnly(raw: RawScanOptions): RawScanOptions {
  return Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined));
}

export function readText(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new DumpsieveError('USAGE', `${what} ${file} cannot be read: ${codeOf(error)}`);
  }
}

/** Which report goes where. At most one goes to standard output. */
export function outputsOf({ format = ['text'], output }: RawScanOptions): Output[] {
  const named = format.map(parseFormat);
  const plain = named.filter(({ file }) => file === undefined);
  if (output === undefined) {
    if (plain.length > 1) {
      throw new DumpsieveError('USAGE', 'several formats need --output, or a file each: --format sarif=keys.sarif');
    }
    return named;
  }
  if (plain.length === 0) throw new DumpsieveError('USAGE', '--output is left without a format to write');
  return named.map(({ format, file }) => {
    if (file !== undefined) return { format, file };
    return { format, file: plain.length === 1 ? output : `${output}.${EXTENSIONS[format]}` };
  });
}

function parseFormat(text: string): Output {
  const [name, ...rest] = text.split('=');
  const format = FORMATS.find((known) => known === name);
  if (format === undefined) {
    throw new DumpsieveError('USAGE', `unknown format "${name}": choose from ${FORMATS.join(', ')}`);
  }
  const file = rest.join('=');
  if (rest.length > 0 && file === '') throw new DumpsieveError('USAGE', `--format ${name}= needs a file`);
  return rest.length > 0 ? { format, file } : { format };
}

/** `none` leaves out the shipped rules of credentials; all else names files or directories of further ones. */
export const NO_RULES = 'none';

export async function credentialsOf(rules: readonly string[] = []): Promise<CredentialChoice> {
  const own = rules.filter((name) => name !== NO_RULES);
  return { shipped: !rules.includes(NO_RULES), more: own.length > 0 ? await readRules(own) : [] };
}
