/**
 * Builds the inputs of the bench into bench/data: real cores of a node process and of a JVM with large live heaps (by
 * gdb's gcore), and a small one. Each is made once and kept.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
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

/** The same in Java: a dense heap of byte arrays, strings and a key store's key. */
const JAVA_PROGRAM = `
import java.security.*; import java.util.*;
public class Fill {
  public static void main(String[] arguments) throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    List<Object> kept = new ArrayList<>(List.of(pair));
    SecureRandom random = new SecureRandom();
    long target = Long.parseLong(arguments[0]) * 1_000_000, total = 0;
    for (int i = 0; total < target; i++) {
      byte[] noise = new byte[24_000];
      random.nextBytes(noise);
      String text = "{id=" + i + ", body=" + Base64.getEncoder().encodeToString(noise) + "}";
      kept.add(noise); kept.add(text); kept.add(text.toCharArray());
      total += noise.length + 3L * text.length();
    }
    System.out.println("ready");
    Thread.sleep(1_000_000);
    System.out.println(kept.size());
  }
}
`;

export async function buildInputs() {
  mkdirSync(data, { recursive: true });
  return [
    { name: 'core of a node server', file: await nodeCore('node-large.core', 320) },
    ...(hasJava() ? [{ name: 'core of a JVM', file: await javaCore('java-large.core', 900) }] : []),
    { name: 'small core', file: await sleepCore() },
  ];
}

async function nodeCore(name, megabytes) {
  return dumped(name, process.execPath, ['--max-old-space-size=4000', '-e', PROGRAM, String(megabytes)], 'ready');
}

function hasJava() {
  return spawnSync('java', ['--version'], { stdio: 'ignore' }).status === 0;
}

async function javaCore(name, megabytes) {
  const source = path.join(data, 'Fill.java');
  writeFileSync(source, JAVA_PROGRAM);
  const heap = `-Xmx${Math.round(megabytes * 1.3)}m`;
  return dumped(name, 'java', ['-XX:+UseSerialGC', heap, source, String(megabytes)], 'ready');
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
