/**
 * From the arguments of a scan to its inputs: files, directories (all files below), glob patterns, and `-`. Nothing is
 * passed over in silence: what cannot be listed or is no regular file comes back as a refusal.
 */
import { type Dirent, lstatSync, opendirSync, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { codeOf } from '../errors.js';
import { STDIN } from './open.js';

export interface Discovered {
  readonly path: string;
  /** Bytes, where they are known beforehand (for progress). */
  readonly size?: number;
  /** Why it will not be scanned. */
  readonly refused?: { readonly verdict: 'error' | 'incomplete'; readonly code: string; readonly message: string };
}

export interface DiscoverOptions {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

/** The inputs in order of the arguments, each directory's and pattern's sorted by path, no file twice. */
export async function discover(targets: readonly string[], options: DiscoverOptions): Promise<Discovered[]> {
  const found: Discovered[] = [];
  const seen = new Set<string>();
  for (const target of targets) {
    for (const input of await expand(target, options)) {
      const key = input.path === STDIN ? STDIN : identityOf(input.path);
      if (seen.has(key)) continue;
      seen.add(key);
      found.push(input);
    }
  }
  return found;
}

async function expand(target: string, options: DiscoverOptions): Promise<Discovered[]> {
  if (target === STDIN) return [{ path: STDIN }];
  try {
    const stat = statSync(target);
    if (stat.isDirectory()) return directory(target, options);
    return [{ path: target, size: stat.isFile() ? stat.size : undefined }];
  } catch (error) {
    // A name with pattern characters may be a pattern; one that exists literally never is.
    if (codeOf(error) === 'ENOENT' && (await globbing()).isDynamicPattern(target)) return pattern(target, options);
    return [unreadable(target, error)];
  }
}

/** Loaded where it is needed: most scans are of one file, and forty modules take as long as a small dump. */
const globbing = async () => (await import('fast-glob')).default;

async function pattern(target: string, options: DiscoverOptions): Promise<Discovered[]> {
  const fg = await globbing();
  // Core dumps of hidden names are dumps, too.
  const entries = await fg(target, { ...LISTING, dot: true, ignore: anywhere(options.exclude) });
  const matched = entries.flatMap(({ path: file, dirent }) => (dirent.isDirectory() ? listable(file) : classify(file)));
  const bases = new Set(fg.generateTasks(target, { dot: true }).map(({ base }) => base));
  return sorted([...matched, ...[...bases].flatMap(withLineEnds)]);
}

/**
 * Files below a directory whose path has a line end in it: the pattern library passes over them, whatever the pattern.
 * Rather one too many is scanned than a dump passed over.
 */
function withLineEnds(base: string): Discovered[] {
  const found: Discovered[] = [];
  const walk = (folder: string): void => {
    let entries: Dirent[];
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch {
      // Noticed by the pattern's own listing.
      return;
    }
    for (const entry of entries) {
      const name = path.join(folder, entry.name);
      if (entry.isDirectory()) walk(name);
      else if (/[\r\n]/.test(name)) found.push(...classify(name));
    }
  };
  walk(base);
  return found;
}

/** Walks itself: a pattern library passes over names with a newline, and a key could hide in one. */
async function directory(root: string, options: DiscoverOptions): Promise<Discovered[]> {
  const matching = async (patterns: readonly string[]) => {
    const fg = await globbing();
    return new Set((await fg(anywhere(patterns), { ...LISTING, cwd: root, dot: true })).map((entry) => entry.path));
  };
  const excluded = options.exclude?.length ? await matching(options.exclude) : undefined;
  // `include` narrows the files, never the directories that lead to them.
  const included = options.include?.length ? await matching(options.include) : undefined;
  const found: Discovered[] = [];
  const walk = (relative: string): void => {
    const folder = path.join(root, relative);
    let entries: Dirent[];
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch (error) {
      found.push(unreadable(folder, error));
      return;
    }
    for (const entry of entries) {
      const name = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (excluded?.has(name)) continue;
      if (entry.isDirectory()) walk(name);
      else if (included === undefined || included.has(name)) found.push(...classify(path.join(root, name)));
    }
  };
  walk('');
  return sorted(found);
}

/** An unreadable directory must not end the listing; it is noticed as itself, by `listable`. */
const LISTING = { onlyFiles: false, followSymbolicLinks: false, suppressErrors: true, objectMode: true } as const;

/** As in .gitignore, a pattern without a slash matches a name at any depth, a directory's with all below it. */
function anywhere(patterns: readonly string[] | undefined): string[] {
  return (patterns ?? []).flatMap((name) => (name.includes('/') ? [name] : [`**/${name}`, `**/${name}/**`]));
}

function sorted(inputs: Discovered[]): Discovered[] {
  return inputs.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** Empty when the directory can be listed. */
function listable(directory: string): Discovered[] {
  try {
    opendirSync(directory).closeSync();
    return [];
  } catch (error) {
    return [unreadable(directory, error)];
  }
}

function classify(file: string): Discovered[] {
  try {
    const link = lstatSync(file).isSymbolicLink();
    const stat = statSync(file);
    if (stat.isFile()) return [{ path: file, size: stat.size }];
    if (stat.isDirectory() && link) return [refuse(file, 'SYMLINK_DIRECTORY', 'link to a directory, not followed')];
    // A socket holds no data of its own and cannot be uploaded.
    if (stat.isSocket()) return [];
    return [refuse(file, 'NOT_REGULAR', 'neither a regular file nor a directory; name it as an argument to read it')];
  } catch (error) {
    return [unreadable(file, error)];
  }
}

function unreadable(file: string, error: unknown): Discovered {
  return { path: file, refused: { verdict: 'error', code: 'UNREADABLE', message: `cannot be read: ${codeOf(error)}` } };
}

function refuse(file: string, code: string, message: string): Discovered {
  return { path: file, refused: { verdict: 'incomplete', code, message } };
}

function identityOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return path.resolve(file);
  }
}
