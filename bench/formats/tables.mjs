/** The tables of `npm run formats`, from what is known of each row. */
import { DUMPS, EXTREMES, LARGE, WRAPPED } from './rows.mjs';

const yes = (value) => (value ? 'yes' : 'NO');
const MB = (bytes) => (bytes / 1e6).toFixed(1);
const seconds = (value) => value?.toFixed(1) ?? '';

function table(head, rows) {
  const align = head.map((name) => (/MB|s$|MiB|times|members|ratio/.test(name) ? '--:' : '---'));
  return [head, align, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

const failedRow = (names, { failed }, width) => [
  ...names,
  failed,
  ...Array(Math.max(0, width - names.length - 1)).fill(''),
];

export function tables(results, conditions) {
  const known = (group, name) => results[group]?.[name];
  const dumps = DUMPS.flatMap((row) => {
    const got = known('dumps', row.file);
    if (!got) return [];
    const name = row.file.split('/').at(-1);
    if (got.failed) return [failedRow([row.format, name, row.by], got, 10)];
    const { confirmed, process, address, object } = got;
    const owner = process ? `${process} at ${address}` : (object ?? '');
    const proof = `${yes(confirmed.ok)}: ${confirmed.by} at ${confirmed.place}${confirmed.note ? `; ${confirmed.note}` : ''}`;
    return [
      [
        got.format,
        name,
        row.by,
        got.found,
        proof,
        owner,
        yes(got.sums),
        got.verdict,
        MB(got.size),
        seconds(got.wall),
        seconds(got.cpu),
        got.peak,
      ],
    ];
  });
  const wrapped = WRAPPED.flatMap((row) => {
    const got = known('wrapped', row.file);
    if (!got) return [];
    const name = row.file
      .split('/')
      .at(-1)
      .replace(/\.[0-9a-f]{32}\..*(\.\w+)$/, '.….$1');
    if (got.failed) return [failedRow([name, row.by], got, 9)];
    const same = row.refused ? row.refused : yes(got.same);
    return [
      [
        name,
        row.by,
        got.wrappers,
        same,
        yes(got.sums),
        got.verdict,
        MB(got.size),
        seconds(got.wall),
        seconds(got.cpu),
        got.peak,
      ],
    ];
  });
  const large = LARGE.flatMap((name) => {
    const got = known('large', name);
    if (!got) return [];
    if (got.failed) return [failedRow([name.split('/').at(-1)], got, 7)];
    return [
      [
        name.split('/').at(-1),
        MB(got.size),
        MB(got.bytes),
        Math.round(got.bytes / 1e6 / got.wall),
        Math.round(got.bytes / 1e6 / got.cpu),
        seconds(got.wall),
        seconds(got.cpu),
        got.peak,
      ],
    ];
  });
  const extremes = EXTREMES.flatMap(({ name }) => {
    const got = known('extremes', name);
    if (!got) return [];
    if (got.failed) return [failedRow([name], got, 9)];
    const ratio = got.size ? Math.round(got.bytes / got.size) : '';
    return [
      [
        name,
        got.size ? MB(got.size) : 'endless',
        MB(got.bytes),
        ratio,
        got.verdict,
        got.codes.join(', '),
        got.keys,
        yes(got.sums),
        seconds(got.wall),
        seconds(got.cpu),
        got.peak,
      ],
    ];
  });
  const all = [...dumps, ...wrapped];
  return `${conditions} ${all.length} files; "NO" anywhere would be a failure.

## Dumps

The key's SPKI is openssl's own. Confirmed: another program sees the key's bytes where the report says they are.

${table(['format', 'file', 'written by', 'key', 'confirmed', 'owner, as the report names it', 'coverage sums', 'verdict', 'MB', 'wall s', 'CPU s', 'peak MiB'], dumps)}

## Wrappers

One core of an nginx worker with an RSA key (gcore). The same: ids, parts, offsets, lengths, addresses and regions of all findings are those of the plain core.

${table(['file', 'written by', 'wrappers', 'the same as plain', 'coverage sums', 'verdict', 'MB', 'wall s', 'CPU s', 'peak MiB'], wrapped)}

## Speed of unpacking alone

The memory of a virtual machine, unpacked and not looked at; Node's start is in it.

${table(['file', 'packed MB', 'unpacked MB', 'MB/s, wall', 'MB/s, CPU', 'wall s', 'CPU s', 'peak MiB'], large)}

## Extremes

${table(['input', 'packed MB', 'scanned MB', 'ratio', 'verdict', 'told', 'keys', 'coverage sums', 'wall s', 'CPU s', 'peak MiB'], extremes)}
`;
}
