/**
 * Builds the inputs of the bench into bench/data: real cores of a node process with a large live heap (by gdb's gcore),
 * and a small one. Each is made once and kept.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const data = path.join(path.dirname(fileURLToPath(import.meta.url)), 'data');

/** A process that fills its heap with the mixed content of a server, holds one key, and waits. */
const PROGRAM = `
const crypto = require('node:crypto');
const { privateKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
const kept = [pem];
const target = Number(process.argv[1]) * 1e6;
let total = 0;
for (let i = 0; total < target; i++) {
  const noise = crypto.randomBytes(24_000);
  const text = JSON.stringify({ id: i, at: new Date(i * 1e6), user: 'user' + i, body: noise.toString('base64') });
  kept.push(Buffer.concat([noise, Buffer.from(text), Buffer.from(text, 'utf16le')]), JSON.parse(text));
  total += noise.length + 4 * text.length;
}
console.log('ready');
setInterval(() => kept.length, 1000);
`;

export async function buildInputs() {
  mkdirSync(data, { recursive: true });
  return [
    { name: 'core of a node server', file: await nodeCore('node-large.core', 320) },
    { name: 'small core', file: await sleepCore() },
  ];
}

async function nodeCore(name, megabytes) {
  return dumped(name, process.execPath, ['--max-old-space-size=4000', '-e', PROGRAM, String(megabytes)], 'ready');
}

async function sleepCore() {
  return dumped('small.core', 'sleep', ['1000']);
}

/** Starts a program, waits until it says that it is ready, and has gcore dump it. */
async function dumped(name, command, args, ready) {
  const file = path.join(data, name);
  if (existsSync(file)) return file;
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', () => reject(new Error(`${command} ended early`)));
      if (ready === undefined) setTimeout(resolve, 300);
      else child.stdout.once('data', resolve);
    });
    execFileSync('gcore', ['-o', file, String(child.pid)], { stdio: ['ignore', 'ignore', 'inherit'] });
    renameSync(`${file}.${child.pid}`, file);
  } finally {
    child.removeAllListeners('exit');
    child.kill('SIGKILL');
  }
  return file;
}
