import { describe, expect, it } from 'vitest';
import { credentialDetector } from '../../../src/detect/credentials/detector.js';
import { readShippedRules } from '../../../src/rules.js';
import { Random } from '../../support/random.js';
import { scan } from '../text/support.js';

const DETECTOR = credentialDetector((await readShippedRules()).map(({ rule }) => rule));
const found = (bytes: Uint8Array | string) =>
  scan(DETECTOR, typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes).secrets;
/** Rules and where they say that it stands; and what is secret, in the order of places. */
const told = (bytes: Uint8Array | string) =>
  found(bytes).flatMap(({ rule, secret }) =>
    secret.kind === 'credential' ? [[rule, secret.material, secret.context]] : [],
  );
const wide = (text: string) => Buffer.from(text, 'utf16le');

const bare = (bytes: Uint8Array | string) => told(bytes).map(([rule, material]) => [rule, material]);

describe('an environment block', () => {
  const block = (entry: string) => `\0LANG=C.UTF-8\0${entry}\0SHLVL=1\0TERM=xterm\0\0`;

  it('tells a password that a person chose, to its very end', () => {
    const password = 'it is "Kiwi"; 7=x & more';
    expect(told(block(`DB_PASSWORD=${password}`))).toEqual([
      ['environment-password', password, 'environment variable DB_PASSWORD'],
    ]);
    expect(bare(block('PGPASSWORD=kiwi'))).toEqual([['environment-password', 'kiwi']]);
  });

  it('is read in UTF-16, as Windows has it, with names of its own', () => {
    const text = '\0=C:=C:\\work\0ProgramFiles(x86)=C:\\Program Files (x86)\0APP_SECRET=kiwi-Plum-88\0windir=C:\\W\0\0';
    expect(told(wide(text))).toEqual([['environment-secret', 'kiwi-Plum-88', 'environment variable APP_SECRET']]);
    expect(told(Buffer.concat([Buffer.of(7), wide(text)]))).toHaveLength(1);
  });

  it('needs two neighbours: a lone text is one by its name alone', () => {
    expect(told('\0A_PASSWORD=kiwi7\0\0\0')).toEqual([]);
    expect(told('\0A=1\0A_PASSWORD=kiwi7\0\0\0')).toEqual([]);
    expect(told('\0A=1\0B=2\0A_PASSWORD=kiwi7\0\0\0')).toHaveLength(1);
    expect(told('\0A_PASSWORD=kiwi7\0A=1\0B=2\0')).toHaveLength(1);
  });

  it.each([
    ['PASSWORD_STORE_PASS=/home/u/.store'],
    ['ASK_PASS=true'],
    ['DB_PASSWORD=%s'],
    [`DB_PASSWORD=$${'{OTHER}'}`],
    ['GPG_KEY=0123456789ABCDEF0123456789ABCDEF01234567'],
  ])('has none in %s', (entry) => {
    expect(told(block(entry))).toEqual([]);
  });

  it('says so of a value whose own rule knows it', () => {
    const [secret] = found(block('DD_API_KEY=7f3a9c0e1b5d8264f7a1c3e59b0d2846'));
    expect(secret).toMatchObject({ rule: 'datadog-api-key', secret: { context: 'environment variable DD_API_KEY' } });
  });

  it('does not tell a name that may be made of a secret', () => {
    expect(told(block('x9f3k2a8s7_TOKEN=kiwi-Plum-88'))).toMatchObject([
      ['environment-secret', 'kiwi-Plum-88', 'environment variable with such a name'],
    ]);
  });
});

describe('an HTTP message', () => {
  const request = (field: string) => `GET / HTTP/1.1\r\nHost: a.example\r\n${field}\r\nAccept: */*\r\n\r\n`;
  // base64 of robot:kiwi-Plum7, by coreutils' base64.
  const basic = 'cm9ib3Q6a2l3aS1QbHVtNw==';

  it('has the password of Basic authentication, not its base64, as the secret', () => {
    for (const name of ['Authorization', 'authorization', 'Proxy-Authorization']) {
      expect(told(request(`${name}: Basic ${basic}`))).toEqual([
        ['http-basic', 'kiwi-Plum7', 'HTTP Basic authentication'],
      ]);
    }
    expect(told(wide(`Basic ${basic} `))).toHaveLength(1);
  });

  it.each([
    ['Basic authentication'],
    ['Basic Programming and Design'],
    ['WWW-Authenticate: Basic realm="robot:kiwi"'],
    // Aladdin:open sesame, of RFC 7617; user:password.
    ['Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='],
    ['Authorization: Basic dXNlcjpwYXNzd29yZA=='],
  ])('has none in %s', (field) => {
    expect(told(request(field))).toEqual([]);
  });

  it('has tokens and keys', () => {
    const key = 'k3v9Qz7LmT2xWp8RbN5yHc4D';
    expect(told(request(`Authorization: Bearer ${key}`))).toEqual([
      ['http-bearer', key, 'HTTP header Authorization: Bearer'],
    ]);
    expect(told(request(`X-Api-Key: ${key}`))).toEqual([['http-header-key', key, 'HTTP header X-Api-Key']]);
    expect(bare(request(`Authorization: token ${key}`))).toEqual([['http-authorization', key]]);
    expect(bare(request(`X-Csrf-Token: ${key}`))).toEqual([['generic-secret', key]]);
  });

  it('has cookies of sessions, each for itself, and no others', () => {
    const [one, two] = ['k3v9qz7lmt2xwp8rbn5yhc4d', '8c1f0e7d6b5a49382716f5e4d3c2b1a0'];
    expect(told(request(`Cookie: theme=${two}; sessionid=${one}; lang=en; PHPSESSID=${two}`))).toEqual([
      ['http-session-cookie', one, 'HTTP cookie sessionid'],
      ['http-session-cookie', two, 'HTTP cookie PHPSESSID'],
    ]);
    expect(told(request(`Set-Cookie: connect.sid=s%3A${one}.x; Path=/; HttpOnly`))).toMatchObject([
      ['http-session-cookie', `s%3A${one}.x`, 'HTTP cookie connect.sid'],
    ]);
    expect(told(`{"cookie":"sid=${one}"}`)).toHaveLength(1);
    expect(told(request('Cookie: sessionid=deleted'))).toEqual([]);
  });
});

describe('a connection string', () => {
  it.each([
    ['Server=db,1433;Database=billing;User ID=app;Password=plum7-x;Encrypt=True', 'plum7-x'],
    ['Data Source=db; Initial Catalog=billing; User Id=app; Password="ki;wi-72"; Encrypt=True', 'ki;wi-72'],
    ['Driver={ODBC Driver 18 for SQL Server};Server=db;Uid=app;Pwd={ki;wi-72};', 'ki;wi-72'],
    ['host=db port=5432 dbname=billing user=app password=plum7-x sslmode=require', 'plum7-x'],
    ["host=db dbname=billing user=app password='kiwi plum7' sslmode=require", 'kiwi plum7'],
    ['jdbc:mysql://db:3306/billing?user=app&password=plum7-x&useSSL=true', 'plum7-x'],
    ['postgresql://db/billing?user=app&password=plum7-x', 'plum7-x'],
  ])('has its password: %s', (text, password) => {
    const expected = [['connection-string-password', password, 'in a connection string']];
    expect(told(`\0${text}\0`)).toEqual(expected);
    expect(told(wide(`\0${text}\0`))).toEqual(expected);
  });

  it.each([
    ['password=plum7-x'],
    ['the server is down; password=plum7-x'],
    [`host=db user=app password=$${'{DB_PASSWORD}'}`],
    ['host=db user=app password=%s'],
    ['"Server=db;Uid=app;Password=" + plan.get(7) + ";Encrypt=True"'],
    ["f'Server=db;Uid=app;Pwd={plan['odbc']};'"],
  ])('is none: %s', (text) => {
    expect(told(`\0${text}\0`)).toEqual([]);
  });
});

describe('a file of a program', () => {
  it('is known by its form', () => {
    expect(bare('machine a.example login robot password kiwi-Plum7\n')).toEqual([['netrc-password', 'kiwi-Plum7']]);
    expect(bare('db.internal:5432:billing:app:kiwi-Plum7\n')).toEqual([['pgpass-password', 'kiwi-Plum7']]);
    expect(bare('{"auths":{"r.example":{"auth":"cm9ib3Q6a2l3aS1QbHVtNw=="}}}')).toContainEqual([
      'registry-auth',
      'kiwi-Plum7',
    ]);
  });

  it('may be a key log', () => {
    const hex = (bytes: number) => Buffer.from(new Random(bytes).bytes(bytes)).toString('hex');
    for (const [label, bytes] of [
      ['CLIENT_RANDOM', 48],
      ['SERVER_HANDSHAKE_TRAFFIC_SECRET', 32],
      ['CLIENT_TRAFFIC_SECRET_0', 48],
      ['EXPORTER_SECRET', 32],
    ] as const) {
      const secret = hex(bytes);
      expect(bare(`${label} ${hex(32)} ${secret}\n`), label).toEqual([['tls-key-log', secret]]);
    }
  });
});

describe('a dump full of what contexts begin with', () => {
  it.each(['Cookie: ', '\0A_KEY=', ';password=', '\nx-api-key: ', 'machine ', ':5432:', 'Bearer '])(
    'takes little time, and throws nothing: %j',
    (text) => {
      const started = performance.now();
      found(text.repeat(Math.ceil(200_000 / text.length)));
      expect(performance.now() - started).toBeLessThan(20_000);
    },
  );
});
