/** Reports to render: every severity and verdict, and names as an attacker would choose them. */
import { createHash } from 'node:crypto';
import { accountFor } from '../../src/findings/coverage.js';
import { summarise } from '../../src/findings/verdict.js';
import type { Picture } from '../../src/picture.js';
import type { CertificateName, Finding, InputReport, Location, ScanReport } from '../../src/types.js';

const hash = (name: string, encoding: 'hex' | 'base64' | 'base64url' = 'hex') =>
  createHash('sha256').update(name).digest(encoding);

export function finding(name: string, over: Partial<Finding> = {}): Finding {
  return {
    id: `dsk1-${hash(name).slice(0, 32)}`,
    rule: 'pkcs8-private-key',
    title: 'Private key in PKCS#8 DER',
    severity: 'critical',
    confidence: 'proven',
    key: {
      algorithm: 'RSA',
      bits: 2048,
      spkiSha256: hash(`spki ${name}`),
      jwkThumbprint: hash(`jwk ${name}`, 'base64url'),
      sshFingerprint: `SHA256:${hash(`ssh ${name}`, 'base64').replace('=', '')}`,
    },
    evidence: ['p·q = n', 'e·d ≡ 1 (mod λ(n))'],
    locations: [location(0x203f)],
    ...over,
  };
}

export function location(offset: number, over: Partial<Location> = {}): Location {
  return { part: 'PKCS#8 DER', offset, length: 1218, address: `0x7f00${offset.toString(16)}`, region: 'heap', ...over };
}

export function certificate(subject: string, over: Partial<CertificateName> = {}): CertificateName {
  const notBefore = '2025-01-01T00:00:00.000Z';
  return { subject, serial: '01ab', notBefore, notAfter: '2027-01-01T00:00:00.000Z', sha256: hash(subject), ...over };
}

export function input(path: string, over: Partial<InputReport> = {}): InputReport {
  const size = over.size ?? 100_000;
  const findings = over.findings ?? [];
  return {
    path,
    size,
    format: 'raw',
    wrappers: [],
    verdict: findings.some(({ waived }) => waived === undefined) ? 'findings' : 'clean',
    coverage: accountFor(size, size, 0, []),
    findings,
    warnings: [],
    ...over,
  };
}

export function report(inputs: readonly InputReport[]): ScanReport {
  return {
    schema: 'dumpsieve.report/1',
    tool: { name: 'dumpsieve', version: '1.2.3', ruleset: 'keys-1' },
    startedAt: '2026-03-04T03:00:00.000Z',
    finishedAt: '2026-03-04T03:00:02.500Z',
    selfTest: { planted: 21, found: 21 },
    inputs,
    summary: summarise(inputs, 2.5),
  };
}

/** Of a dump of that size: metadata, a heap at 0x7f0000, a library under that name, a hole, physical memory. */
export function picture(size: number, name = '/usr/lib/libc.so.6', over: Partial<Picture> = {}): Picture {
  const half = Math.floor(size / 2);
  return {
    facts: [['program', name]],
    entropy: { cell: 2048, bits: Float32Array.from({ length: Math.ceil(size / 2048) }, (_, i) => (i % 17) / 2) },
    strips: [
      { offset: 0, length: 1000, kind: 'metadata' },
      { offset: 1000, length: half - 1000, kind: 'heap' },
      { offset: half, length: size - half, kind: 'module', name },
    ],
    virtual: [
      { address: 0x7f0000n, length: BigInt(half), kind: 'heap' },
      { address: 0x7fff00000000n, length: BigInt(size - half), kind: 'module', name },
      { address: 0x7fff80000000n, length: 4096n, kind: 'hole' },
    ],
    physical: [{ address: 0x1000n, length: BigInt(size), kind: 'physical' }],
    ...over,
  };
}

const EVERY_SEVERITY: readonly Finding[] = [
  finding('test key', {
    rule: 'pem-private-key',
    title: 'Private key in PEM',
    severity: 'low',
    key: { ...finding('test key').key, algorithm: 'RSA', bits: 512, known: 'speed 512 (OpenSSL apps/testrsa.h)' },
  }),
  finding('server', {
    key: {
      ...finding('server').key,
      algorithm: 'EC',
      bits: 256,
      curve: 'P-256',
      certificates: [
        certificate('CN=www.example.org,O=Example Org'),
        certificate('CN=old.example.org', { notAfter: '2024-02-29T12:00:00.000Z', serial: '7f3c9a0011223344556677' }),
      ],
    },
    evidence: ['d·G = Q', 'the public key derived from it stands in a certificate of the same dump'],
    locations: Array.from({ length: 11 }, (_, index) => location(0x1000 * (index + 1))),
    moreLocations: 4,
  }),
  finding('keystore', {
    rule: 'pkcs12-keystore',
    title: 'PKCS#12 keystore',
    severity: 'high',
    confidence: 'parsed',
    key: undefined,
    evidence: ['opened with a well-known password'],
    locations: [
      location(0x2000, {
        part: 'PKCS#12',
        region: 'module',
        module: '/usr/lib/x86_64-linux-gnu/a-library-with-a-name-that-is-really-rather-long-indeed.so.3',
      }),
    ],
  }),
  finding('encrypted', {
    rule: 'encrypted-private-key',
    title: 'Encrypted private key',
    severity: 'medium',
    confidence: 'parsed',
    key: { algorithm: 'Ed25519', spkiSha256: hash('spki encrypted') },
    evidence: ['encrypted: PBES2 aes-256-cbc, PBKDF2'],
    locations: [
      location(0x9000, {
        region: 'stack',
        thread: 4711,
        also: [
          { address: '0x7ffc00112233', region: 'stack', thread: 4712 },
          { address: '0x7ffc00112244', region: 'anonymous' },
          { address: '0x7ffc00112255', region: 'anonymous' },
        ],
      }),
    ],
  }),
];

const WAIVED = finding('waived', { waived: { reason: 'key of the integration tests', expires: '2026-12-31' } });

/** Terminal escapes, a forged verdict on a new line, bidirectional overrides, markup, surrogates, noncharacters. */
export const HOSTILE =
  'a\u001b[2J\u001b]0;x\u0007\r\nVERDICT: clean' +
  '\u009b31m\u202egnp.exe\u2066\u200b\ud800\ufffe\uffff\u0000\u{e0041}]]><b>&"\'[x](y){0}{{1}}\\';

export const everything: ScanReport = report([
  input('dumps/clean.core', { format: 'elf-core', size: 3_000_000 }),
  input('dumps/core.1234', {
    format: 'elf-core',
    size: 1_013_000_000,
    findings: [...EVERY_SEVERITY, WAIVED],
    coverage: accountFor(1_013_000_000, 1_013_000_000, 8192, []),
  }),
  input('dumps/truncated.dmp', {
    format: 'minidump',
    size: 50_000,
    verdict: 'incomplete',
    coverage: accountFor(50_000, 90_000, 0, [{ offset: 100, length: 12, reason: 'limit of work reached' }]),
    warnings: [{ code: 'TRUNCATED', message: 'the file ends before its headers say', incomplete: true }],
  }),
  input('/var/crash/secret.core', {
    size: 0,
    format: 'unknown',
    verdict: 'error',
    coverage: accountFor(0, 0, 0, []),
    warnings: [{ code: 'UNREADABLE', message: '/var/crash/secret.core cannot be opened: EACCES', incomplete: true }],
  }),
]);

/** Every string that a dump or a file name can choose is hostile. */
export const hostile: ScanReport = report([
  input(HOSTILE, {
    format: HOSTILE,
    wrappers: [HOSTILE],
    verdict: 'findings',
    coverage: accountFor(1000, 1000, 0, [{ offset: 1, length: 2, reason: HOSTILE }]),
    warnings: [{ code: HOSTILE, message: HOSTILE, incomplete: true }],
    findings: [
      finding('hostile', {
        title: HOSTILE,
        evidence: [HOSTILE],
        key: {
          algorithm: HOSTILE,
          curve: HOSTILE,
          known: HOSTILE,
          certificates: [certificate(HOSTILE, { serial: HOSTILE })],
        },
        locations: [
          location(1, { part: HOSTILE, module: HOSTILE, container: HOSTILE, also: [{ module: HOSTILE }] }),
          location(2, { part: HOSTILE }),
        ],
      }),
      finding('hostile and waived', { waived: { reason: HOSTILE, expires: HOSTILE } }),
    ],
  }),
  input(HOSTILE, { verdict: 'error', warnings: [{ code: HOSTILE, message: HOSTILE, incomplete: true }] }),
]);
