import { builtinModules } from 'node:module';
import { dirname, join, relative } from 'node:path';

/** A package of the workspace, as far as the rules need it. */
export interface WorkspacePackage {
  readonly name: string;
  /** from the repository's root: `packages/core` */
  readonly folder: string;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
  /** what others may import: `.`, `./node` */
  readonly exports: readonly string[];
}

export interface SourceFile {
  /** from the repository's root: `packages/core/src/index.ts` */
  readonly path: string;
  readonly text: string;
}

export interface Import {
  readonly specifier: string;
  /** erased by the compiler: it loads nothing */
  readonly typeOnly: boolean;
}

/** What a package is, by its folder. */
export type Kind = 'core' | 'text' | 'backend' | 'datasets' | 'task' | 'cli' | 'app' | 'benchmarks';

/** Who may import whom; ARCHITECTURE.md gives the reasons. */
const allowed: Readonly<Record<Kind, readonly Kind[]>> = {
  core: [],
  text: [],
  backend: ['core'],
  datasets: ['core'],
  task: ['core', 'text'],
  cli: ['core', 'backend', 'datasets'],
  app: ['core', 'backend', 'datasets', 'task', 'cli'],
  benchmarks: ['core', 'backend', 'datasets', 'task', 'cli', 'app'],
};

export function kindOf(folder: string): Kind {
  const [top, name = ''] = folder.split('/');
  if (top === 'apps') return 'app';
  if (top === 'datasets' || top === 'benchmarks') return top;
  if (name === 'core' || name === 'text' || name === 'cli') return name;
  return name.startsWith('backend-') ? 'backend' : 'task';
}

/** The imports and re-exports of a file, static and dynamic. */
export function findImports(text: string): readonly Import[] {
  const code = text.replace(/^[ \t]*\/\*[\s\S]*?\*\//gm, '').replace(/^[ \t]*\/\/.*$/gm, '');
  const patterns = [
    /^[ \t]*import\s+(?<type>type\s+)?[\w$*{}\s,]+?\sfrom\s*['"](?<specifier>[^'"]+)['"]/gm,
    /^[ \t]*export\s+(?<type>type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s*from\s*['"](?<specifier>[^'"]+)['"]/gm,
    /^[ \t]*import\s*(?<type>)['"](?<specifier>[^'"]+)['"]/gm,
    /\bimport\((?<type>)\s*['"](?<specifier>[^'"]+)['"]\s*\)/g,
  ];
  return patterns.flatMap((pattern) =>
    [...code.matchAll(pattern)].map(({ groups }) => ({
      specifier: groups!['specifier']!,
      typeOnly: (groups!['type'] ?? '') !== '',
    })),
  );
}

/** What is wrong with the imports of one file of a package; empty when all is well. */
export function checkFile(
  file: SourceFile,
  owner: WorkspacePackage,
  workspace: readonly WorkspacePackage[],
): readonly string[] {
  const { path } = file;
  return findImports(file.text).flatMap(({ specifier }) => {
    const complain = (problem: string | undefined) =>
      problem === undefined ? [] : [`${path}: imports '${specifier}': ${problem}`];
    if (specifier.startsWith('#')) return [];
    if (specifier.startsWith('.')) return complain(relativeProblem(path, specifier, owner));
    if (isNodeModule(specifier)) return complain(nodeProblem(path, owner));
    const other = workspace.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
    const problem = other && other !== owner ? workspaceProblem(specifier, owner, other) : undefined;
    return complain(problem ?? undeclaredProblem(path, specifier, owner));
  });
}

const isNodeModule = (specifier: string) => specifier.startsWith('node:') || builtinModules.includes(specifier);
const isTest = (path: string, owner: WorkspacePackage) =>
  path.endsWith('.test.ts') || path.startsWith(`${owner.folder}/test/`);

function relativeProblem(path: string, specifier: string, owner: WorkspacePackage): string | undefined {
  const target = join(dirname(path), specifier);
  if (isTest(path, owner) && target.startsWith('test/')) return undefined;
  return relative(owner.folder, target).startsWith('..')
    ? 'it leaves the package; import the other package by name'
    : undefined;
}

function nodeProblem(path: string, owner: WorkspacePackage): string | undefined {
  const inBrowser = kindOf(owner.folder) === 'core' && path.startsWith(`${owner.folder}/src/`);
  if (!inBrowser || isTest(path, owner) || path.startsWith(`${owner.folder}/src/node/`)) return undefined;
  return 'core also runs in browsers; what needs Node goes into core/src/node';
}

function workspaceProblem(specifier: string, owner: WorkspacePackage, other: WorkspacePackage): string | undefined {
  const [from, to] = [kindOf(owner.folder), kindOf(other.folder)];
  if (!allowed[from].includes(to)) {
    return `${from} may import ${allowed[from].join(', ') || 'no other package'}, and ${other.name} is ${to}`;
  }
  const entry = `.${specifier.slice(other.name.length)}`;
  return other.exports.includes(entry) ? undefined : `${other.name} exports ${other.exports.join(', ')}`;
}

function undeclaredProblem(path: string, specifier: string, owner: WorkspacePackage): string | undefined {
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  if (name === owner.name || owner.dependencies.includes(name)) return undefined;
  // tools of tests are declared once, at the root
  if (isTest(path, owner)) return undefined;
  return owner.devDependencies.includes(name) && path.includes('/src/testing/')
    ? undefined
    : `${name} is no dependency in ${owner.folder}/package.json`;
}

/** Chains of files that load each other in a circle, each told once, as paths. */
export function findCycles(files: readonly SourceFile[]): readonly (readonly string[])[] {
  const edges = new Map(
    files.map(({ path, text }) => [
      path,
      findImports(text)
        .filter(({ specifier, typeOnly }) => specifier.startsWith('.') && !typeOnly)
        .map(({ specifier }) => join(dirname(path), specifier).replace(/\.js$/, '.ts')),
    ]),
  );
  const done = new Set<string>();
  const cycles: string[][] = [];
  const walk = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path]);
    if (start >= 0 || done.has(path)) return;
    for (const next of edges.get(path) ?? []) walk(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) walk(path, []);
  return cycles;
}
