import { describe, expect, it } from 'vitest';
import { credentialDetector } from '../../../src/detect/credentials/detector.js';
import { readShippedRules } from '../../../src/rules.js';
import { scan } from '../text/support.js';

const DETECTOR = credentialDetector((await readShippedRules()).map(({ rule }) => rule));
/** Rules, secrets and places, in their order. */
const told = (bytes: Uint8Array | string) =>
  scan(DETECTOR, typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes).secrets.flatMap(
    ({ rule, secret }) => (secret.kind === 'credential' ? [[rule, secret.material, secret.context]] : []),
  );
const TOKEN = 'kiwi8PlumGrape7figs';
/** As `kubectl config set-credentials` writes it. */
const file = (members: string) => `apiVersion: v1
clusters:
- cluster:
    server: https://127.0.0.1:6443
  name: here
contexts:
- context:
    cluster: here
    user: robot
  name: here
current-context: here
kind: Config
preferences: {}
users:
- name: robot
  user:
${members}
`;

describe('a kubeconfig', () => {
  it('tells tokens and passwords of its users, in YAML and in JSON', () => {
    const context = 'token of a user in a kubeconfig';
    expect(told(file(`    token: ${TOKEN}`))).toEqual([['kubeconfig-user', TOKEN, context]]);
    expect(told(file(`    client-certificate-data: ${'QUJD'.repeat(500)}\n    token: "${TOKEN}"`))).toHaveLength(1);
    expect(told(file(`    password: ${TOKEN}\n    username: admin`))).toMatchObject([
      ['kubeconfig-user', TOKEN, expect.anything()],
    ]);
    expect(told(Buffer.from(file(`    token: ${TOKEN}`), 'utf16le'))).toMatchObject([
      ['kubeconfig-user', TOKEN, expect.anything()],
    ]);
    const json = { contexts: [], users: [{ name: 'robot', user: { token: TOKEN } }] };
    expect(told(JSON.stringify(json))).toEqual([['kubeconfig-user', TOKEN, context]]);
    expect(told(JSON.stringify(json, undefined, 2))).toEqual([['kubeconfig-user', TOKEN, context]]);
  });

  it('tells those of an auth-provider, which stand further in', () => {
    const members = `    auth-provider:\n      config:\n        client-id: a\n        refresh-token: ${TOKEN}\n      name: oidc`;
    expect(told(file(members))).toMatchObject([['kubeconfig-user', TOKEN, expect.anything()]]);
  });

  it('is seen from far behind a certificate, and where nothing of the text is missing', () => {
    const far = file(`    client-certificate-data: ${'QUJD'.repeat(2500)}\n    token: ${TOKEN}`);
    expect(told(far)).toMatchObject([['kubeconfig-user', TOKEN, expect.anything()]]);
    const user = { 'client-certificate-data': 'QUJD'.repeat(2500), token: TOKEN };
    expect(told(JSON.stringify({ contexts: [], users: [{ user }] }))).toMatchObject([
      ['kubeconfig-user', TOKEN, expect.anything()],
    ]);
    const config = { 'access-token': TOKEN, 'cmd-path': '/usr/bin/gcloud' };
    const provider = { contexts: [], users: [{ user: { 'auth-provider': { config, name: 'gcp' } } }] };
    expect(told(JSON.stringify(provider))).toMatchObject([['kubeconfig-user', TOKEN, expect.anything()]]);
    expect(told(`- user:\n    token: ${TOKEN}\ncontexts:\n`)).toMatchObject([
      ['kubeconfig-user', TOKEN, expect.anything()],
    ]);
  });

  it('is none without clusters and contexts, nor where the token is of something else', () => {
    const rules = (text: string) => told(text).map(([rule]) => rule);
    expect(rules(`user:\n  token: ${TOKEN}\n`)).not.toContain('kubeconfig-user');
    expect(rules(`${file('    tokenFile: /a')}other:\n  token: ${TOKEN}\n`)).not.toContain('kubeconfig-user');
    expect(rules(file('    token: /var/run/secrets/token'))).toEqual([]);
  });
});

describe('the token of a Kubernetes service account', () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = (claims: object) => `${part({ alg: 'RS256', kid: 'k' })}.${part(claims)}.${'kiwi8Plum-'.repeat(8)}`;

  it('is known by its claims, and names the account', () => {
    const sub = 'system:serviceaccount:shop:robot';
    for (const claims of [
      { iss: 'https://kubernetes.default.svc', 'kubernetes.io': { namespace: 'shop' }, sub },
      { iss: 'kubernetes/serviceaccount', 'kubernetes.io/serviceaccount/namespace': 'shop', sub },
    ]) {
      const { secrets } = scan(DETECTOR, Buffer.from(`\0${token(claims)}\0`));
      const found = secrets.find(({ rule }) => rule === 'kubernetes-token')?.secret;
      expect(found).toMatchObject({ severity: 'high', notes: expect.arrayContaining(['service account shop/robot']) });
    }
    expect(told(token({ iss: 'https://login.example.net', sub })).map(([rule]) => rule)).toEqual(['json-web-token']);
  });
});

describe('a URL with a password', () => {
  it.each([
    ['postgres://user:kiwi@plum7@db.internal/app', 'kiwi@plum7'],
    ['postgresql://user:kiwi:plum7@db.internal/app', 'kiwi:plum7'],
    ['mysql://user:k@wi:pl@m7@127.0.0.1:3306/app', 'k@wi:pl@m7'],
    ['postgres://user:kiwi-plum7@[::1]:5432/app', 'kiwi-plum7'],
    ['redis://:kiwi-plum7@[fe80::1%25eth0]:6379', 'kiwi-plum7'],
    ['amqp://user:kiwi-plum7@[2001:db8::7]/', 'kiwi-plum7'],
    ['postgres://user:kiwi-plum7@/app?host=/run/postgresql', 'kiwi-plum7'],
    ['postgres://user:kiwi-plum7@:5432/app', 'kiwi-plum7'],
    ['mongodb://user:kiwi-plum7@h1:27017,h2:27017/app?x=a@b', 'kiwi-plum7'],
    ['https://robot:kiwi@plum:7@git.internal/a.git', 'kiwi@plum:7'],
    ['https://robot:kiwi-plum7@[::1]:8443/a.git', 'kiwi-plum7'],
  ])('as in %s has it to its end', (url, password) => {
    expect(told(`\0${url}\0`).map(([, material]) => material)).toEqual([password]);
  });

  it.each(['http://proxy:8080/@scope/name', 'https://host.internal:8443/a?b=c@d', 'postgres://localhost:5432/a@b'])(
    'is none in %s',
    (url) => {
      expect(told(`\0${url}\0`)).toEqual([]);
    },
  );
});

describe('a secret of single sign-on', () => {
  it('is told of clients of OAuth, and of SAML', () => {
    const rules = (text: string) => told(text).map(([rule]) => rule);
    expect(rules(`{"client_id":"a","client_secret":"${TOKEN}"}`)).toContain('oauth-client-secret');
    const attributes = `xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" ID="_${'7f3a9c0e1b5d8264'}" Version="2.0"`;
    expect(rules(`<saml2:Assertion ${attributes}>`)).toEqual(['saml-assertion']);
    expect(rules('<saml2:Assertion Version="2.0">')).toEqual([]);
  });
});
