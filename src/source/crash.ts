/**
 * Whose crash a file is, by what the tool that wrote it keeps beside: ABRT's directory, or the name that systemd-coredump
 * gives. Nothing of it is proven by the dump. Command lines, environments and reasons in words may hold secrets, so that no
 * more than program, number and signal are taken.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { Crash } from '../types.js';

/** core.COMM.UID.BOOT-ID.PID.MICROSECONDS, and a compression: systemd's coredump.c. What cannot be in a name stands as \xHH. */
const SYSTEMD = /^core\.(.+)\.\d+\.[0-9a-f]{32}\.(\d{1,10})\.\d{10,20}(?:\.(?:zst|lz4|xz))?$/;
/** ABRT's hook for C and C++ (abrt-hook-ccpp.c), and what packs it later. */
const ABRT = /^coredump(?:\.[a-z0-9]{1,4})?$/;
const MOST = 4096;

/** Undefined where nothing tells. Never throws. */
export async function crashOf(file: string): Promise<Crash | undefined> {
  const name = path.basename(file);
  const [, command, pid] = SYSTEMD.exec(name) ?? [];
  if (command !== undefined) return { tool: 'systemd-coredump', program: unescaped(command), pid: Number(pid) };
  return ABRT.test(name) ? abrtCrash(path.dirname(file)) : undefined;
}

const unescaped = (command: string) =>
  command.replace(/\\x([0-9a-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));

/** One file for each fact. */
async function abrtCrash(folder: string): Promise<Crash | undefined> {
  const element = (name: string) => firstLine(path.join(folder, name));
  const program = await element('executable');
  if (program === undefined || !program.startsWith('/')) return undefined;
  const pid = await element('pid');
  const signal = /\bSIG[A-Z0-9]{2,8}\b/.exec((await element('reason')) ?? '')?.[0];
  const isNumber = pid !== undefined && /^\d{1,10}$/.test(pid);
  return { tool: 'abrt', program, ...(isNumber && { pid: Number(pid) }), ...(signal !== undefined && { signal }) };
}

/** Of a small regular file. A pipe of that name must not hold up the scan. */
async function firstLine(file: string): Promise<string | undefined> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat();
      if (!stat.isFile() || stat.size > MOST) return undefined;
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(MOST), 0, MOST, 0);
      return buffer.toString('utf8', 0, bytesRead).split('\n', 1)[0];
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}
