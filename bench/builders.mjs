/** The tests' builders of dumps (test/dump/build), which are TypeScript, for programs that run without the tests. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';

const folder = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), 'test', 'dump', 'build');

/** Modules by their names; those that they import from the same folder must be named, too, before them. */
export async function builders(...names) {
  const work = mkdtempSync(path.join(tmpdir(), 'dumpsieve-builders-'));
  const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 };
  try {
    writeFileSync(path.join(work, 'package.json'), '{"type":"module"}');
    for (const name of names) {
      const source = readFileSync(path.join(folder, `${name}.ts`), 'utf8');
      writeFileSync(path.join(work, `${name}.js`), ts.transpileModule(source, { compilerOptions: options }).outputText);
    }
    return await Promise.all(names.map((name) => import(pathToFileURL(path.join(work, `${name}.js`)).href)));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The builder of a machine with Windows, and the names of its builds. */
export async function windowsMachine() {
  const [, { WINDOWS_BUILDS }, , { WindowsMachine }] = await builders(
    ...['ntoskrnl', 'windows-builds', 'x86-tables', 'windows-machine'],
  );
  return { WindowsMachine, builds: Object.keys(WINDOWS_BUILDS) };
}
