/**
 * `npm run matrix`: real programs with throwaway keys, dumped; which of their keys dumpsieve finds and proves, and which
 * rsakeyfind, YARA (PEM and DER) and a search for PEM text find in the same files. What is there to be found is told by
 * exact byte searches for the key's own numbers, and for OpenSSH's shields by opening them (matrix/truth.py,
 * matrix/libraries/truth.py), which share no code with the scanner. A result of the same day is kept: the next one has a number.
 *
 *   npm run matrix                    dumps in bench/data/matrix, made when they are not there (matrix/make-dumps.sh,
 *                                     matrix/heap.sh)
 *   npm run matrix -- DIR…            other dumps of the same layout: those of matrix/guest.sh (memory of a virtual
 *                                     machine) and matrix/libraries/make.sh (cryptographic libraries), for example
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, createPublicKey } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const usual = path.join(here, 'data', 'matrix');
const folders = process.argv.length > 2 ? process.argv.slice(2).map((each) => path.resolve(each)) : [usual];
const python = process.env.PYTHON ?? 'python3';

if (!existsSync(folders[0])) {
  mkdirSync(folders[0], { recursive: true });
  const env = { ...process.env, PYTHON: python };
  for (const script of ['make-dumps.sh', 'heap.sh']) {
    execFileSync('bash', [path.join(here, 'matrix', script), folders[0]], { stdio: 'inherit', env });
  }
}
const truth = new Map();
for (const folder of folders) {
  const file = path.join(folder, 'truth.json');
  if (!existsSync(file)) {
    execFileSync(python, [path.join(here, 'matrix', 'truth.py'), folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  truth.set(folder, JSON.parse(readFileSync(file, 'utf8')));
}
const files = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((file) => /\.(?:core|dmp|raw|hprof)$/.test(file))
    .sort()
    .map((file) => path.join(folder, file)),
);

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const spkiOf = (pem) => sha256(createPublicKey(pem).export({ type: 'spki', format: 'der' }));

/** What is known of a dump: of matrix/libraries with the hash of its key, of the others the parts alone. */
function truthOf(file) {
  const all = truth.get(path.dirname(file));
  const entry = all[path.basename(file)] ?? all[path.parse(file).name];
  return entry?.parts ? entry : { parts: entry ?? {} };
}

/** The SPKI hash of a dump's key; of GnuPG's own keys from their s-expression. */
function wantedOf(file) {
  const { spkiSha256 } = truthOf(file);
  if (spkiSha256) return spkiSha256;
  const folder = path.dirname(file);
  const key = path.parse(file).name.split('-').at(-1);
  if (!path.basename(file).startsWith('gpg')) return spkiOf(readFileSync(path.join(folder, 'keys', `${key}.pem`)));
  const text = readFileSync(path.join(folder, 'keys', `gpg-${key}.key`), 'latin1');
  const field = (name) =>
    Buffer.from((new RegExp(`\\(${name}\\s+#([0-9A-Fa-f\\s]+)#`).exec(text)?.[1] ?? '').replace(/\s/g, ''), 'hex');
  const url = (bytes) => bytes.toString('base64url');
  const strip = (bytes) => (bytes[0] === 0 ? bytes.subarray(1) : bytes);
  if (key.startsWith('rsa')) {
    return spkiOf({ key: { kty: 'RSA', n: url(strip(field('n'))), e: url(strip(field('e'))) }, format: 'jwk' });
  }
  const q = field('q').subarray(1);
  if (key === 'ed25519') return spkiOf({ key: { kty: 'OKP', crv: 'Ed25519', x: url(q) }, format: 'jwk' });
  const [x, y] = [q.subarray(0, q.length / 2), q.subarray(q.length / 2)].map(url);
  return spkiOf({ key: { kty: 'EC', crv: `P-${key.slice(1)}`, x, y }, format: 'jwk' });
}

/** The parts of a key from which it follows, as far as the exact search sees them. */
function presentOf(file) {
  const secret =
    /^(?:p|q|d|dp|dq|seed.*|secret|clamped.*|d·R mod order|pem|pkcs8|pkcs1|sec1|shield|expanded|s1,s2,t0 packed)$/;
  return Object.entries(truthOf(file).parts)
    .filter(([part, forms]) => secret.test(part) && Object.values(forms).some((places) => places.length > 0))
    .map(([part]) => part);
}

const env = { ...process.env, LC_ALL: 'C' };
const tool = (command, ...args) => spawnSync(command, args, { encoding: 'latin1', maxBuffer: 1 << 28, env });
const has = (command) => tool('sh', '-c', `command -v ${command}`).status === 0;
const tools = { rsakeyfind: has('rsakeyfind'), yara: has('yara') };

/** Whether rsakeyfind tells of a key at all, YARA's rules for PEM and DER match outside of OpenSSL's own test keys, and a whole PEM is there. */
function others(file) {
  const pem =
    tool(
      'grep',
      '-aobP',
      '-m',
      '1',
      '-z',
      '-----BEGIN (RSA |EC |)PRIVATE KEY-----\\s+[A-Za-z0-9+/=\\s]{64,}-----END',
      file,
    ).stdout !== '';
  return {
    rsakeyfind: tools.rsakeyfind ? (tool('rsakeyfind', file).stdout.match(/FOUND PRIVATE KEY/g)?.length ?? 0) : '?',
    yara: tools.yara
      ? tool('yara', '-s', path.join(here, 'keys.yar'), file)
          .stdout.split('\n')
          .filter((line) => line.startsWith('0x')).length
      : '?',
    pem: pem ? 'yes' : 'no',
  };
}

const cli = path.join(here, '..', 'dist', 'bundle', 'cli.js');
const scanned = tool(process.execPath, cli, 'scan', '-f', 'json', '--no-progress', ...files);
const report = JSON.parse(scanned.stdout);

const rows = files.map((file, i) => {
  const wanted = wantedOf(file);
  const finding = report.inputs[i].findings.find(({ key }) => key?.spkiSha256 === wanted);
  const present = presentOf(file);
  const answer = finding ? finding.confidence : present.length > 0 ? 'MISSED' : 'not there';
  const parts = [...new Set((finding?.locations ?? []).map(({ part }) => part))].join(', ');
  const other = others(file);
  return [path.parse(file).name, present.join(' ') || 'none', answer, parts, other.rsakeyfind, other.yara, other.pem];
});

const header = ['dump', 'in it by exact search', 'dumpsieve', 'parts', 'rsakeyfind', 'YARA hits', 'PEM text'];
const table = [header, header.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
const missed = rows.filter((row) => row[2] === 'MISSED').length;
const found = rows.filter((row) => row[3] !== '').length;
const summary = `${files.length} dumps, ${found} keys found, ${missed} missed, ${report.summary.seconds} s for ${(report.summary.bytes / 1e6).toFixed(0)} MB`;
const text = `# Matrix: keys of real programs as numbers

${summary}. "YARA hits" and rsakeyfind count every structure, OpenSSL's own published test keys among them, whichever key it is.

${table}
`;
process.stdout.write(text);
const day = new Date().toISOString().slice(0, 10);
const results = path.join(here, 'results');
let name = `${day}-matrix.md`;
for (let i = 2; existsSync(path.join(results, name)); i++) name = `${day}-matrix-${i}.md`;
writeFileSync(path.join(results, name), text);
process.exitCode = missed > 0 ? 1 : 0;
