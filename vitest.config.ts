import { existsSync, readFileSync } from 'node:fs';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

/** Tests and scripts resolve the packages of this workspace to their sources, never to a stale `dist`. */
const conditions = ['unroll-source', 'module', 'node', 'development|production'];
const source = { resolve: { conditions }, ssr: { resolve: { conditions } } };
/**
 * Modules are loaded once for all test files of a worker: to load them anew takes longer than most files' tests. Not those of `native`, which
 * would meet kernels that another project's modules have registered.
 */
const shared = { isolate: false };
/** What mocks a module needs modules of its own; it runs with those tests that have them. */
const mocking = ['packages/core/src/node/checkpoint-crash.test.ts'];
/** What every engine must pass: core and the five tasks. */
const onEveryEngine =
  'packages/{core,language-modeling,forecasting,sequence-tagging,translation,audio-recognition}/{src,test}/**/*.test.ts';
const setupFiles = ['./test/fail-on-console.ts'];

const native: TestProjectInlineConfiguration = {
  ...source,
  test: {
    name: 'native',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    include: [onEveryEngine, 'packages/backend-native/{src,test}/**/*.test.ts'],
    exclude: ['**/node_modules/**', ...mocking],
    setupFiles: [...setupFiles, './test/select-native-engine.ts'],
  },
};

/** Where there is nothing to build the engine with its tests are left out, and say so; one that failed to build fails them. */
function nativeProjects(): TestProjectInlineConfiguration[] {
  const reason = new URL('packages/backend-native/build/native/cannot-build.txt', import.meta.url);
  if (process.env['UNROLL_NATIVE_BUILD'] || !existsSync(reason)) return [native];
  process.stderr.write(`unroll: the tests of the native engine are left out: ${readFileSync(reason, 'utf8')}`);
  return [];
}

/** With a TensorFlow that `pnpm run tensorflow:setup` has linked, when asked: UNROLL_TEST_TENSORFLOW=1. */
const tensorflow: TestProjectInlineConfiguration = {
  ...source,
  test: {
    name: 'tensorflow',
    ...shared,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    include: [onEveryEngine, 'packages/backend-tensorflow/test/engine/**/*.test.ts', 'test/engines/**/*.test.ts'],
    exclude: ['**/node_modules/**', ...mocking],
    setupFiles: [...setupFiles, './test/select-tensorflow-engine.ts'],
  },
};

export default defineConfig({
  test: {
    projects: [
      {
        ...source,
        test: {
          name: 'unit',
          ...shared,
          testTimeout: 30_000,
          hookTimeout: 30_000,
          include: [
            '{packages,apps}/*/src/**/*.test.ts',
            '{datasets,benchmarks}/src/**/*.test.ts',
            'packages/*/test/**/*.test.ts',
            'datasets/test/**/*.test.ts',
          ],
          exclude: [
            '**/node_modules/**',
            'packages/backend-native/**',
            'packages/backend-tensorflow/test/engine/**',
            ...mocking,
          ],
          setupFiles: [...setupFiles, './test/select-cpu-engine.ts'],
        },
      },
      ...nativeProjects(),
      ...(process.env['UNROLL_TEST_TENSORFLOW'] === '1' ? [tensorflow] : []),
      {
        ...source,
        test: {
          name: 'e2e',
          include: ['apps/*/test/**/*.test.ts', 'test/**/*.test.ts', ...mocking],
          exclude: ['**/node_modules/**', 'test/engines/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          globalSetup: ['./test/build-apps.ts'],
          setupFiles,
        },
      },
    ],
  },
});
