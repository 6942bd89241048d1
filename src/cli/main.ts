#!/usr/bin/env node
/** The command line: options in, exit code out. The only part that touches the terminal. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { DumpsieveError, messageOf } from '../errors.js';
import { sanitize } from '../report/sanitize.js';
import { VERSION } from '../version.js';
import { EXIT, exitCodeOfError } from './exit-code.js';

const EXIT_CODES = `
Exit codes:
  0  clean: every byte was scanned and nothing was found
  1  findings
  2  wrong usage, an unreadable input, or an internal error
  3  nothing found, but not everything could be scanned
  130  interrupted

Examples:
  dumpsieve scan core.1234
  dumpsieve scan 'share/**' --exclude '*.log' -f text -f sarif=keys.sarif
  dumpsieve scan core.1234 -f text -f html=core.html
  ssh host cat core.zst | dumpsieve scan -
  dumpsieve hunt --known server.crt 'share/**'
  dumpsieve inspect core.1234
  dumpsieve rules show github-personal-token

Reports never hold a byte of a key or credential; keys are named by their
public fingerprints.`;

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('a whole number from 1 to 999 is needed');
  return Number(text);
}

function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, ...value.split(',').filter((part) => part !== '')];
}

function pattern(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}

function program(): Command {
  const root = new Command('dumpsieve')
    .description(
      'Finds private keys and credentials in memory and crash dumps, proves them, and names keys by public fingerprint.',
    )
    .version(VERSION)
    .addHelpText('after', EXIT_CODES)
    .showHelpAfterError('(see dumpsieve --help)')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(sanitizeLines(text)) });

  root
    .command('scan')
    .description('scan dumps for private keys and credentials')
    .argument('<targets...>', 'files, directories, glob patterns, or - for standard input')
    .option(
      '-f, --format <format[=file]>',
      'text, json, sarif, junit or html; several may be given (default: text)',
      collect,
    )
    .option('-o, --output <file>', 'write the report here; with several formats, the name without its extension')
    .addOption(
      new Option('--fail-on <severity>', 'least severity that counts as a finding (default: medium)').choices([
        'critical',
        'high',
        'medium',
        'low',
      ]),
    )
    .option('--baseline <file>', 'waive the findings listed in this file')
    .option('--write-baseline <file>', 'write the findings as waivers to this file')
    .option('--reason <text>', 'the reason that --write-baseline records')
    .option('--include <pattern>', 'in directories, scan only files that match; may be repeated', pattern)
    .option('--exclude <pattern>', 'in directories and patterns, leave out what matches; may be repeated', pattern)
    .option('--known <file>', 'certificates or public keys to recognise private keys by; may be repeated', pattern)
    .option(
      '--rules <path>',
      'further rules of credentials: a file or directory (YAML, or gitleaks TOML); none: not those of dumpsieve',
      pattern,
    )
    .option('--thorough', 'try all candidates for keys as numbers, however long it takes')
    .option('-j, --jobs <n>', 'worker threads (default: one for each processor, at most 8)', wholeNumber)
    .option('--config <file>', 'JSON file with any of these options; the command line wins')
    .option('--no-progress', 'no progress line, also on a terminal')
    .action(async (targets: string[], options) => {
      const { scanCommand } = await import('./commands/scan.js');
      process.exitCode = await scanCommand(targets, options);
    });

  root
    .command('hunt')
    .description('look for known keys, RSA at every byte, and say of each whether it is there')
    .argument('<targets...>', 'files, directories, glob patterns, or - for standard input')
    .requiredOption(
      '--known <file>',
      'certificates, public keys (PEM, DER, JWK, SSH) or SPKI SHA-256 hashes; may be repeated',
      pattern,
    )
    .option('--json', 'as JSON')
    .option('-o, --output <file>', 'write the answer here')
    .option('--include <pattern>', 'in directories, scan only files that match; may be repeated', pattern)
    .option('--exclude <pattern>', 'in directories and patterns, leave out what matches; may be repeated', pattern)
    .option('-j, --jobs <n>', 'worker threads (default: one for each processor, at most 8)', wholeNumber)
    .option('--no-progress', 'no progress line, also on a terminal')
    .action(async (targets: string[], options) => {
      const { huntCommand } = await import('./commands/hunt.js');
      process.exitCode = await huntCommand(targets, options);
    });

  root
    .command('inspect')
    .description('show what a dump holds: format, regions, modules, threads, holes, entropy')
    .argument('<dump>', 'a file')
    .option('--all', 'list every region, module and thread')
    .option('--json', 'as JSON')
    .action(async (dump: string, options) => {
      const { inspectCommand } = await import('./commands/inspect.js');
      process.exitCode = await inspectCommand(dump, options);
    });

  const rules = root.command('rules').description('the rules by which credentials are found');
  rules
    .command('list')
    .description('one line for each rule')
    .option('--rules <path>', 'of this file or directory, instead of those of dumpsieve', pattern)
    .action(async (options) => {
      const { listCommand } = await import('./commands/rules.js');
      process.exitCode = await listCommand(options);
    });
  rules
    .command('show')
    .description('all of one rule: what it finds, and what to do about it')
    .argument('<id>', 'the rule of a finding')
    .option('--rules <path>', 'of this file or directory, instead of those of dumpsieve', pattern)
    .action(async (id: string, options) => {
      const { showCommand } = await import('./commands/rules.js');
      process.exitCode = await showCommand(id, options);
    });
  rules
    .command('check')
    .description('try each rule on its examples; exit code 1 where one fails')
    .option('--rules <path>', 'of this file or directory, instead of those of dumpsieve', pattern)
    .action(async (options) => {
      const { checkCommand } = await import('./commands/rules.js');
      process.exitCode = await checkCommand(options);
    });
  return root;
}

function sanitizeLines(text: string): string {
  return text.split('\n').map(sanitize).join('\n');
}

function fail(error: unknown): void {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.clean : EXIT.error;
    return;
  }
  const code = error instanceof DumpsieveError ? error.code : 'INTERNAL';
  process.stderr.write(`dumpsieve: ${sanitize(messageOf(error))} [${code}]\n`);
  process.exitCode = exitCodeOfError(error);
}

// A reader that goes away (`| head`) is no error of ours; the exit code still tells the verdict.
process.stderr.on('error', () => {});
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') fail(new DumpsieveError('OUTPUT', `standard output: ${error.code}`));
});

try {
  const cli = program();
  if (process.argv.length <= 2) cli.help({ error: true });
  await cli.parseAsync();
} catch (error) {
  fail(error);
}
