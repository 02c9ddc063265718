import { expect, test } from 'vitest';
import { checkGolden } from '../scripts/golden-rules.js';
import { checkFile, findCycles, findImports, type WorkspacePackage } from '../scripts/import-rules.js';
import { checkTaskShape } from '../scripts/task-shape.js';

function pkg(folder: string, exports = ['.']): WorkspacePackage {
  const name = `@unroll/${folder.split('/').at(-1)!}`;
  return { name, folder, dependencies: ['zod', '@unroll/core', '@unroll/cli'], devDependencies: [], exports };
}

const core = pkg('packages/core', ['.', './node']);
const task = pkg('packages/language-modeling');
const engine = pkg('packages/backend-native');
const workspace = [core, task, engine, pkg('packages/cli'), pkg('apps/language-model')];

const file = (name: string, text: string) => ({ path: `src/${name}.ts`, text });
const json = (value: unknown) => Buffer.from(JSON.stringify(value));

/** What is wrong with one file of a package that holds just this import. */
function check(owner: WorkspacePackage, file: string, specifier: string): readonly string[] {
  return checkFile({ path: `${owner.folder}/${file}`, text: `import x from '${specifier}';` }, owner, workspace);
}

test('every form of import is found, and none in a comment', () => {
  const text = [
    "import a, {\n  type B,\n} from './a.js';",
    "import type { C } from './c.js';",
    "import './d.js';",
    "export { e } from './e.js';",
    "export type * from './f.js';",
    "const g = await import('./g.js');",
    "/** import h from './h.js'; */",
    "// import i from './i.js';",
    "const text = 'no import from here';",
  ].join('\n');
  expect(
    findImports(text)
      .map(({ specifier }) => specifier)
      .sort(),
  ).toEqual(['a', 'c', 'd', 'e', 'f', 'g'].map((name) => `./${name}.js`));
  expect(
    findImports(text)
      .filter(({ typeOnly }) => typeOnly)
      .map(({ specifier }) => specifier),
  ).toEqual(['./c.js', './f.js']);
});

test('dependencies point one way', () => {
  expect(check(task, 'src/model.ts', '@unroll/core')).toEqual([]);
  expect(check(task, 'src/model.ts', '@unroll/backend-native')).toEqual([
    "packages/language-modeling/src/model.ts: imports '@unroll/backend-native': task may import core, text, and @unroll/backend-native is backend",
  ]);
  expect(check(core, 'src/index.ts', '@unroll/language-modeling')).toHaveLength(1);
  expect(check(task, 'src/model.ts', '@unroll/cli')).toHaveLength(1);
});

test('a package is entered by its exports alone, and never by its files', () => {
  expect(check(task, 'src/model.ts', '@unroll/core/node')).toEqual([]);
  expect(check(task, 'src/model.ts', '@unroll/core/src/errors.js')[0]).toContain('exports ., ./node');
  expect(check(task, 'src/model.ts', '../../core/src/errors.js')[0]).toContain('it leaves the package');
  expect(check(task, 'src/presets/a.ts', '../config.js')).toEqual([]);
});

test('core needs Node in one folder only, and in tests', () => {
  expect(check(core, 'src/training/trainer.ts', 'node:fs')[0]).toContain('core also runs in browsers');
  expect(check(core, 'src/training/trainer.ts', 'fs')).toHaveLength(1);
  expect(check(core, 'src/node/run-directory.ts', 'node:fs')).toEqual([]);
  expect(check(core, 'src/training/trainer.test.ts', 'node:fs')).toEqual([]);
  expect(check(task, 'src/records.ts', 'node:fs')).toEqual([]);
});

test('what is imported is declared', () => {
  expect(check(task, 'src/config.ts', 'zod')).toEqual([]);
  expect(check(task, 'src/config.ts', 'lodash/fp')[0]).toContain('lodash is no dependency');
});

test('files that load each other are found; types alone are no circle', () => {
  const a = file('a', "import { b } from './b.js';");
  const b = file('b', "import { c } from './c.js';");
  expect(findCycles([a, b, file('c', "import { a } from './a.js';")])).toEqual([
    ['src/a.ts', 'src/b.ts', 'src/c.ts', 'src/a.ts'],
  ]);
  expect(findCycles([a, b, file('c', "import type { a } from './a.js';")])).toEqual([]);
});

test('a golden file names a script that lies beside it', () => {
  const named = json({ generator: 'make.py' });
  expect(checkGolden('test/golden/a.json', named, ['a.json', 'make.py'])).toEqual([]);
  expect(checkGolden('test/golden/a.json', named, ['a.json'])[0]).toContain('made by make.py, which is not in golden/');
  expect(checkGolden('test/golden/a.json', json({}), ['make.py'])[0]).toContain('does not name');
  expect(checkGolden('test/golden/a.bin', named, ['make.py'])[0]).toContain('does not name');

  const header = json({ __metadata__: { generator: 'make.py' } });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  expect(checkGolden('test/golden/a.safetensors', Buffer.concat([length, header]), ['make.py'])).toEqual([]);
});

test('a task package has the common files and no surprise', () => {
  const complete = ['index', 'task', 'config', 'types', 'records', 'examples', 'batches', 'model', 'loss', 'decode']
    .concat('metrics', 'report', 'presets/small')
    .map((name) => `src/${name}.ts`)
    .concat('package.json', 'README.md', 'tsconfig.json', 'test/tsconfig.json', 'test/learns.test.ts');
  expect(checkTaskShape('tagging', complete)).toEqual([]);
  expect(checkTaskShape('tagging', [...complete, 'src/config.test.ts'])).toEqual([]);
  expect(
    checkTaskShape(
      'tagging',
      complete.filter((file) => file !== 'src/loss.ts'),
    ),
  ).toEqual(['packages/tagging: src/loss.ts is missing']);
  expect(checkTaskShape('tagging', [...complete, 'src/helpers.ts'])[0]).toContain('src/helpers.ts is no file of');
  expect(checkTaskShape('language-modeling', [...complete, 'src/tokenization/words.ts'])).toEqual([]);
});
