import { defineConfig } from 'vitest/config';

/** Tests and scripts resolve the packages of this workspace to their sources, never to a stale `dist`. */
const conditions = ['unroll-source', 'module', 'node', 'development|production'];
const source = { resolve: { conditions }, ssr: { resolve: { conditions } } };
const setupFiles = ['./test/fail-on-console.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        ...source,
        test: {
          name: 'unit',
          testTimeout: 30_000,
          hookTimeout: 30_000,
          include: [
            '{packages,apps}/*/src/**/*.test.ts',
            '{datasets,benchmarks}/src/**/*.test.ts',
            'packages/*/test/**/*.test.ts',
            'datasets/test/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', 'packages/backend-native/**'],
          setupFiles: [...setupFiles, './test/select-cpu-engine.ts'],
        },
      },
      {
        ...source,
        test: {
          name: 'native',
          testTimeout: 30_000,
          hookTimeout: 30_000,
          include: [
            'packages/{core,language-modeling}/src/**/*.test.ts',
            'packages/{core,language-modeling}/test/**/*.test.ts',
            'packages/backend-native/{src,test}/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**'],
          setupFiles: [...setupFiles, './test/select-native-engine.ts'],
        },
      },
      {
        ...source,
        test: {
          name: 'e2e',
          include: ['apps/*/test/**/*.test.ts', 'test/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          setupFiles,
        },
      },
    ],
  },
});
