import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** A copy of what the package ships, so that the build of this workspace stays as it is. */
let copy = '';
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'unroll-install-'));
  for (const name of ['binding.gyp', 'package.json', 'scripts', 'native/include', 'native/src']) {
    cpSync(join(packageRoot, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(packageRoot, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

function install(flags: readonly string[], env: Readonly<Record<string, string>>) {
  const script = join(copy, 'scripts', 'install.mjs');
  const result = spawnSync(process.execPath, [script, ...flags], { encoding: 'utf8', env: { ...process.env, ...env } });
  return { code: result.status, printed: result.stderr, output: result.stdout };
}

describe('the install script', { timeout: 60_000 }, () => {
  // Nothing is found there: neither compiler nor make nor Python.
  const nothing = { PATH: '/nonexistent', CXX: '' };
  const cannotBuild = (variant: string) => join(copy, 'build', variant, 'cannot-build.txt');

  it('says what to install where there is no compiler, and does not fail the installation', () => {
    const { code, printed, output } = install([], nothing);
    expect(printed.trimEnd().split('\n')).toHaveLength(1);
    expect(printed).toMatch(/^unroll: the native engine was not built: no C\+\+ compiler was found; install one: /);
    expect({ code, output }).toEqual({ code: 0, output: '' });
    expect(readFileSync(cannotBuild('native'), 'utf8')).toMatch(/^no C\+\+ compiler was found/);
  });

  it('fails when it is told to', () => {
    expect(install(['--strict', '--portable'], nothing).code).toBe(1);
  });

  it('shows the end of what a broken compiler said', () => {
    // A compiler that answers --version and compiles nothing.
    const { code, printed } = install(['--portable'], { CXX: 'true', MAKEFLAGS: '' });
    expect(printed).toMatch(/unroll: the native engine was not built: compiling it failed\. unroll works without it/);
    expect(code).toBe(0);
    // A failed build is no missing tool: the engine's tests must not be left out for it.
    expect(existsSync(cannotBuild('portable'))).toBe(false);
  });
});
