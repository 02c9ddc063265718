import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceFile, WorkspacePackage } from './import-rules.js';

/** The repository's root. */
export const root = fileURLToPath(new URL('..', import.meta.url));

const skipped = new Set(['node_modules', 'dist', 'generated', 'build', 'fixtures', 'coverage']);

/** Paths of all files below a folder, from the repository's root, without what is installed or built. */
export function listFiles(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (skipped.has(entry.name) || entry.name.startsWith('.') || entry.name.startsWith('build-')) return [];
    return entry.isDirectory() ? listFiles(path) : [path];
  });
}

export function readSources(folder: string): readonly SourceFile[] {
  return listFiles(folder)
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

const children = (folder: string) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);

/** Every package of `pnpm-workspace.yaml`. */
export function readWorkspace(): readonly WorkspacePackage[] {
  return [...children('packages'), ...children('apps'), 'datasets', 'benchmarks']
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map(readPackage);
}

function readPackage(folder: string): WorkspacePackage {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly exports?: Readonly<Record<string, unknown>>;
    readonly [field: `${string}ependencies`]: Readonly<Record<string, string>> | undefined;
  };
  const names = (...fields: readonly `${string}ependencies`[]) =>
    fields.flatMap((field) => Object.keys(manifest[field] ?? {}));
  return {
    name: manifest.name,
    folder,
    dependencies: names('dependencies', 'optionalDependencies', 'peerDependencies'),
    devDependencies: names('devDependencies'),
    exports: Object.keys(manifest.exports ?? {}),
  };
}

/** Prints what is wrong and sets the exit code, or says that all is well. */
export function report(subject: string, problems: readonly string[]): void {
  if (problems.length === 0) {
    console.log(`${subject}: in order`);
    return;
  }
  console.error(problems.join('\n'));
  console.error(`${subject}: ${problems.length} to mend`);
  process.exitCode = 1;
}
