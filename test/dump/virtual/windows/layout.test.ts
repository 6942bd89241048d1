import { describe, expect, it } from 'vitest';
import { layoutOf, STRUCTURE, type Structure } from '../../../../src/dump/virtual/windows/layout.js';
import { WINDOWS_BUILDS, type WindowsName } from '../../build/windows-builds.js';
import { WindowsMachine } from '../../build/windows-machine.js';

const BUILDS = Object.keys(WINDOWS_BUILDS) as WindowsName[];

/** The structures of a machine as they are read out of it. */
function structuresOf(machine: WindowsMachine): Structure[] {
  const memory = machine.finish();
  return machine.processes.map(({ address }) => {
    const at = Array.from({ length: STRUCTURE }, (_, i) => machine.physical(address + BigInt(i)));
    return { address, bytes: Uint8Array.from(at, (offset) => memory[offset] as number) };
  });
}

function machineWith(build: WindowsName, names: readonly string[]): WindowsMachine {
  const machine = new WindowsMachine(build);
  for (const [index, name] of names.entries()) machine.process(name, 348 + 4 * index, []);
  return machine;
}

const MANY = ['smss.exe', 'csrss.exe', 'wininit.exe', 'csrss.exe', 'services.exe', 'lsass.exe', 'a.exe', 'b.exe'];

describe.each(BUILDS)('the layout of process structures of %s', (build) => {
  const { imageFileName, activeProcessLinks } = WINDOWS_BUILDS[build];
  const expected = { name: imageFileName, links: activeProcessLinks };

  it('is found out from the structures', () => {
    expect(layoutOf(structuresOf(machineWith(build, MANY)))).toEqual(expected);
  });

  it('is found out from System and one other', () => {
    expect(layoutOf(structuresOf(machineWith(build, ['smss.exe'])))).toEqual(expected);
  });

  it('is found out without System, and where every third structure was overwritten', () => {
    const structures = structuresOf(machineWith(build, MANY));
    expect(layoutOf(structures.slice(1))).toEqual(expected);
    for (const [index, { bytes }] of structures.entries()) if (index % 3 === 2) bytes.fill(0x41, 0x80);
    expect(layoutOf(structures)).toEqual(expected);
  });

  it('is not made up where no process has a name that every Windows has, or none leads to another', () => {
    const strangers = structuresOf(machineWith(build, ['a.exe', 'b.exe', 'c.exe']));
    expect(layoutOf(strangers.slice(1))).toBeUndefined();
    expect(layoutOf(structuresOf(machineWith(build, MANY)).filter((_, index) => index % 2 === 0))).toBeUndefined();
    expect(layoutOf([])).toBeUndefined();
  });
});
