/**
 * JSON Schema (draft 2020-12) of `dumpsieve.report/1`. Readers must ignore members that they do not know: later
 * versions may add some, and never change or remove one.
 */

const string = { type: 'string' };
const count = { type: 'integer', minimum: 0 };
const sha256 = { type: 'string', pattern: '^[0-9a-f]{64}$' };
const time = { type: 'string', format: 'date-time' };

/** An object; members whose name ends in `?` may be absent. */
function object(members: Readonly<Record<string, object>>) {
  const names = Object.keys(members);
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name.replace('?', ''), members[name] as object])),
    required: names.filter((name) => !name.endsWith('?')),
  };
}

function list(items: object) {
  return { type: 'array', items };
}

function oneOf(...values: readonly string[]) {
  return { enum: values };
}

const address = { type: 'string', pattern: '^0x[0-9a-f]+$' };
const place = {
  'address?': address,
  'physical?': { ...address, description: 'Address in the memory of the machine.' },
  'region?': string,
  'module?': string,
  'thread?': { type: 'integer' },
  'process?': { ...string, description: 'Whose address space it is, in the memory of a machine.' },
};

const location = object({
  part: { ...string, description: 'The encoding, or the part of the key, that lies here.' },
  offset: { ...count, description: 'Bytes from the start of the outermost uncompressed dump.' },
  length: count,
  ...place,
  'object?': { ...string, description: 'What holds the bytes in a managed heap: a class, a node type.' },
  'container?': { ...string, description: 'The path through archives to the dump.' },
  'also?': { ...list(object(place)), description: 'The same bytes at further addresses or in further threads.' },
});

const certificate = object({ subject: string, serial: string, notBefore: time, notAfter: time, sha256 });

const key = object({
  algorithm: string,
  'bits?': count,
  'curve?': string,
  'spkiSha256?': { ...sha256, description: 'Of the DER SubjectPublicKeyInfo.' },
  'jwkThumbprint?': { ...string, description: 'RFC 7638, base64url of SHA-256.' },
  'sshFingerprint?': { type: 'string', pattern: '^SHA256:[A-Za-z0-9+/]{43}$' },
  'certificates?': list(certificate),
  'known?': { ...string, description: 'Name and source of a published test key.' },
});

const finding = object({
  id: { ...string, description: 'The same secret has the same id in every dump and at every offset.' },
  rule: string,
  title: string,
  severity: oneOf('critical', 'high', 'medium', 'low'),
  confidence: oneOf('proven', 'parsed', 'pattern', 'heuristic'),
  'key?': key,
  evidence: list(string),
  locations: list(location),
  'moreLocations?': { ...count, description: 'Locations beyond those listed.' },
  'waived?': object({ reason: string, 'expires?': { type: 'string', format: 'date' } }),
});

const input = object({
  path: { ...string, description: '`-` for standard input; `archive!/member` for a dump within an archive.' },
  'file?': { ...string, description: 'The outermost file, where `path` names a dump within an archive.' },
  size: { ...count, description: 'Bytes that were there to read.' },
  format: string,
  wrappers: list(string),
  'crash?': {
    ...object({ tool: oneOf('abrt', 'systemd-coredump'), program: string, 'pid?': count, 'signal?': string }),
    description: 'Whose crash it is, by the name of the file or by what ABRT keeps beside it; not proven by the dump.',
  },
  verdict: oneOf('clean', 'findings', 'incomplete', 'error'),
  coverage: object({
    bytes: { ...count, description: 'scanned + holes + the lengths of skipped' },
    scanned: count,
    holes: { ...count, description: 'Memory that the dump declares and does not hold.' },
    skipped: list(object({ offset: count, length: count, reason: string })),
  }),
  findings: list(finding),
  warnings: list(object({ code: string, message: string, incomplete: { type: 'boolean' } })),
});

export const REPORT_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'dumpsieve.report/1',
  ...object({
    schema: { const: 'dumpsieve.report/1' },
    tool: object({ name: { const: 'dumpsieve' }, version: string, ruleset: string }),
    startedAt: time,
    finishedAt: time,
    selfTest: object({ planted: count, found: count }),
    inputs: list(input),
    summary: object({
      inputs: count,
      clean: count,
      findings: { ...count, description: 'Inputs whose verdict is `findings`; the next two likewise.' },
      incomplete: count,
      errors: count,
      bytes: { ...count, description: 'Bytes scanned.' },
      seconds: { type: 'number', minimum: 0 },
    }),
  }),
};
