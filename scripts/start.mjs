/**
 * `npm start`: installs and builds what is missing, scans the shipped samples, and checks the result against their
 * manifest. Works on a fresh clone with nothing but Node and npm. `npm start -- ARGUMENTS` runs dumpsieve with those.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const cli = path.join(root, 'dist/bundle/cli.js');
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

if (!existsSync(path.join(root, 'node_modules/typescript'))) {
  execFileSync(npm, ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: 'inherit' });
}
execFileSync(process.execPath, [path.join(root, 'scripts/build.mjs')], { cwd: root, stdio: 'inherit' });

const args = process.argv.slice(2);
if (args.length > 0) {
  process.exitCode = spawnSync(process.execPath, [cli, ...args], { stdio: 'inherit' }).status ?? 2;
} else {
  process.exitCode = scanSamples();
}

/** Scans every sample and compares the fingerprints found with those of the manifest. Returns an exit code. */
function scanSamples() {
  const { samples } = JSON.parse(readFileSync(path.join(root, 'samples/manifest.json'), 'utf8'));
  const folder = mkdtempSync(path.join(tmpdir(), 'dumpsieve-samples-'));
  try {
    const names = samples.map(({ file }) => `samples/${file}`);
    const json = path.join(folder, 'report.json');
    console.log('\n$ dumpsieve scan samples/*.gz\n');
    const scan = spawnSync(process.execPath, [cli, 'scan', ...names, '--format', 'text', '--format', `json=${json}`], {
      cwd: root,
      stdio: 'inherit',
    });
    const report = JSON.parse(readFileSync(json, 'utf8'));
    const wrong = samples.filter(({ keys }, index) => {
      const found = new Set(report.inputs[index].findings.map((finding) => finding.key?.spkiSha256));
      return keys.some((key) => key.spkiSha256 && !found.has(key.spkiSha256));
    });
    const keys = samples.reduce((sum, sample) => sum + sample.keys.filter((key) => key.spkiSha256).length, 0);
    if (scan.status !== 1 || wrong.length > 0) {
      console.error(`\nNOT as the manifest says: ${wrong.map(({ file }) => file).join(', ') || `exit ${scan.status}`}`);
      return 1;
    }
    console.log(`\nAs samples/manifest.json says: all ${keys} keys in ${samples.length} samples were named.`);
    console.log('The scan itself ended with exit code 1, as it must when keys are found.');
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
