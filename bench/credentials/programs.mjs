/**
 * Real programs with throwaway credentials: each is started in an environment of its own, used once, and told with what was
 * planted in it. A plant is a name for people, and the text by which it is in memory: in base64 where it was sent so.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const WORDS = ['winter', 'Harbour', 'copper', 'Lantern', 'meadow', 'Granite', 'velvet', 'Orchard'];

/** As a machine makes it, and as a person does. */
const random = (characters = 32) =>
  randomBytes(characters).toString('base64url').replace(/[-_]/g, 'k').slice(0, characters);
const chosen = () => `${WORDS[randomInt(8)]}-${WORDS[randomInt(8)]}${randomInt(10, 99)}`;
const basicOf = (password) => Buffer.from(`robot:${password}`).toString('base64');

/** A server that answers with headers and never ends. */
export async function holdingServer() {
  const server = http.createServer((_request, response) => response.write('held'));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { port: server.address().port, close };
}

async function start(command, args, { env = {}, input = '', ready, uid } = {}) {
  const child = spawn(command, args, {
    env: { PATH: '/usr/sbin:/usr/bin:/bin', LANG: 'C.UTF-8', HOME: '/tmp', SHLVL: '1', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(uid && { uid }),
  });
  child.stdin.write(input);
  let output = '';
  const isReady = new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => (ready ? reject(new Error(`${command}: not ready`)) : resolve()),
      ready ? 90_000 : 2500,
    );
    child.stdout.on('data', (text) => {
      output += text;
      if (!ready?.test(output)) return;
      clearTimeout(timer);
      resolve();
    });
  });
  await isReady;
  return { child, output: () => output };
}

async function python({ port }) {
  const plan = { basic: chosen(), cookie: random(), libpq: chosen(), odbc: random(14), docker: random(20) };
  const env = { DB_PASSWORD: chosen(), BILLING_API_KEY: random() };
  const { child } = await start(process.env.PYTHON ?? 'python3', [path.join(here, 'client.py'), port], {
    env,
    input: `${JSON.stringify(plan)}\n`,
    ready: /ready/,
  });
  const plants = [
    ['environment: DB_PASSWORD, chosen', env.DB_PASSWORD],
    ['environment: BILLING_API_KEY', env.BILLING_API_KEY],
    ['HTTP request: Basic, chosen', basicOf(plan.basic)],
    ['HTTP request: session cookie', plan.cookie],
    ['connection string: libpq, chosen', plan.libpq],
    ['connection string: ODBC', plan.odbc],
    ['configuration: registry', basicOf(plan.docker)],
  ];
  return { pid: child.pid, plants, end: () => child.kill('SIGKILL') };
}

async function node() {
  const plan = { jdbc: chosen(), setCookie: `s%3A${random()}.${random(43)}` };
  const env = { SESSION_SECRET: chosen(), SMTP_URL: `smtp://app:${random(18)}@mail.internal` };
  const sent = { bearer: random(40), key: random(), cookie: random() };
  const { child, output } = await start('node', [path.join(here, 'server.cjs')], {
    env,
    input: `${JSON.stringify(plan)}\n`,
    ready: /port \d+/,
  });
  const headers = {
    authorization: `Bearer ${sent.bearer}`,
    'x-api-key': sent.key,
    cookie: `theme=dark; access_token=${sent.cookie}`,
  };
  await fetch(`http://127.0.0.1:${/port (\d+)/.exec(output())[1]}/`, { headers });
  const plants = [
    ['environment: SESSION_SECRET, chosen', env.SESSION_SECRET],
    ['environment: URL of a mail server', /app:(.*)@/.exec(env.SMTP_URL)[1]],
    ['HTTP request: Bearer', sent.bearer],
    ['HTTP request: X-Api-Key', sent.key],
    ['HTTP request: cookie', sent.cookie],
    ['HTTP answer: Set-Cookie', plan.setCookie],
    ['connection string: JDBC, chosen', plan.jdbc],
  ];
  return { pid: child.pid, plants, end: () => child.kill('SIGKILL') };
}

async function java({ port }) {
  const plan = { basic: chosen(), bearer: random(40), jdbc: chosen(), ado: random(14) };
  const env = { KEYSTORE_PASSWORD: chosen(), OAUTH_CLIENT_SECRET: random(40) };
  const { child } = await start('java', ['-Xmx64m', '-XX:+UseSerialGC', path.join(here, 'Holder.java'), port], {
    env,
    input: `${Object.values(plan).join('\n')}\n`,
    ready: /ready/,
  });
  const plants = [
    ['environment: KEYSTORE_PASSWORD, chosen', env.KEYSTORE_PASSWORD],
    ['environment: OAUTH_CLIENT_SECRET', env.OAUTH_CLIENT_SECRET],
    ['HTTP request: Basic, chosen', basicOf(plan.basic)],
    ['HTTP request: Bearer', plan.bearer],
    ['connection string: JDBC, chosen', plan.jdbc],
    ['connection string: ADO', plan.ado],
  ];
  return { pid: child.pid, plants, end: () => child.kill('SIGKILL') };
}

async function nginx({ port, work }) {
  const plan = { basic: chosen(), cookie: random(), key: random() };
  const env = { UPSTREAM_TOKEN: random() };
  const own = 20_000 + randomInt(20_000);
  const file = path.join(work, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off; master_process off; worker_processes 1; pid ${work}/nginx.pid; error_log ${work}/nginx.log; env UPSTREAM_TOKEN;
events {}
http { access_log off; server { listen 127.0.0.1:${own}; location / {
  proxy_set_header Authorization "Basic ${basicOf(plan.basic)}"; proxy_pass http://127.0.0.1:${port}; } } }
`,
  );
  const { child } = await start('nginx', ['-c', file, '-p', work], { env });
  await fetch(`http://127.0.0.1:${own}/`, {
    headers: { cookie: `lang=en; PHPSESSID=${plan.cookie}`, 'x-auth-token': plan.key },
  });
  const plants = [
    ['environment: UPSTREAM_TOKEN', env.UPSTREAM_TOKEN],
    ['configuration: Basic for the server behind, chosen', basicOf(plan.basic)],
    ['HTTP request: session cookie', plan.cookie],
    ['HTTP request: X-Auth-Token', plan.key],
  ];
  return { pid: child.pid, plants, end: () => child.kill('SIGKILL') };
}

async function curl({ port, work }) {
  const plan = { netrc: chosen(), key: random(), cookie: random(), proxy: random(18) };
  const netrc = path.join(work, 'netrc');
  writeFileSync(netrc, `machine 127.0.0.1 login robot password ${plan.netrc}\n`, { mode: 0o600 });
  const args = ['-sN', '--netrc-file', netrc, '-H', `X-Api-Key: ${plan.key}`, '-b', `session=${plan.cookie}`];
  const env = { HTTPS_PROXY: `http://app:${plan.proxy}@proxy.internal:8080` };
  const { child } = await start('curl', [...args, `http://127.0.0.1:${port}/held`], { env, ready: /held/ });
  const plants = [
    ['environment: HTTPS_PROXY', plan.proxy],
    ['HTTP request: Basic of .netrc, chosen', basicOf(plan.netrc)],
    ['HTTP request: X-Api-Key', plan.key],
    ['HTTP request: session cookie', plan.cookie],
  ];
  return { pid: child.pid, plants, end: () => child.kill('SIGKILL') };
}

async function psql({ work }) {
  const plan = { pgpass: chosen(), libpq: chosen() };
  const bin = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' }).stdout?.trim() || '/usr/lib/postgresql/15/bin';
  const uid = Number(spawnSync('id', ['-u', 'postgres'], { encoding: 'utf8' }).stdout);
  const data = path.join(work, 'pg');
  mkdirSync(data);
  chmodSync(work, 0o755);
  chownSync(data, uid, uid);
  const as = (command, args) => spawnSync(path.join(bin, command), args, { uid, cwd: data, stdio: 'ignore' });
  as('initdb', ['-D', data, '-A', 'trust', '-U', 'app', '-N']);
  as('pg_ctl', ['-D', data, '-w', '-o', `-p 5433 -h 127.0.0.1 -k ${data}`, 'start', '-l', path.join(data, 'log')]);
  const passes = path.join(work, 'pgpass');
  writeFileSync(passes, `other.internal:5432:*:app:${random(12)}\n127.0.0.1:5433:postgres:app:${plan.pgpass}\n`, {
    mode: 0o600,
  });
  const env = { PGPASSWORD: chosen(), PGPASSFILE: passes };
  const conninfo = `host=127.0.0.1 port=5433 dbname=postgres user=app password=${plan.libpq}`;
  const { child } = await start(path.join(bin, 'psql'), [conninfo, '-c', 'select pg_sleep(600)'], { env });
  const plants = [
    ['environment: PGPASSWORD, chosen', env.PGPASSWORD],
    ['connection string: libpq, chosen', plan.libpq],
  ];
  const end = () => {
    child.kill('SIGKILL');
    as('pg_ctl', ['-D', data, '-m', 'immediate', 'stop']);
  };
  return { pid: child.pid, plants, end };
}

export const PROGRAMS = { python, node, java, nginx, curl, psql };
