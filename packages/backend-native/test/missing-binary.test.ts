import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it, vi } from 'vitest';

const binary = new URL('../build/native/unroll.node', import.meta.url);

afterEach(() => {
  vi.doUnmock('node:module');
  vi.unstubAllEnvs();
  vi.resetModules();
});

it('without a binary the package loads, says why it cannot run, and what to do', async () => {
  vi.stubEnv('UNROLL_NATIVE_BUILD', 'nowhere');
  vi.resetModules();
  const { configureNative, engineInfo, nativeEngineState } = await import('@unroll/backend-native');
  const state = nativeEngineState();
  expect(state.status).toBe('missing');
  expect('reason' in state && state.reason).toMatch(/nowhere.unroll\.node does not exist$/);
  expect('hint' in state && state.hint).toMatch(/^install a C\+\+ compiler /);
  for (const use of [engineInfo, () => configureNative({})]) {
    expect(use).toThrow(expect.objectContaining({ code: 'backend/native-missing' }));
    expect(use).toThrow(/^unroll: the native engine is not available \(.*\); install a C\+\+ compiler/);
  }
});

it('a binary that was built from older sources is named with what it lacks and how it is built again', async () => {
  const whole = createRequire(import.meta.url)(fileURLToPath(binary)) as Record<string, unknown>;
  const { ctcLoss: _, topK: __, ...older } = whole;
  vi.doMock('node:module', () => ({ createRequire: () => () => older }));
  vi.resetModules();
  const { engineInfo, nativeEngineState } = await import('@unroll/backend-native');
  const state = nativeEngineState();
  expect('reason' in state && state.reason).toMatch(
    /unroll\.node was built from older sources: it has no ctcLoss, topK$/,
  );
  expect('hint' in state && state.hint).toMatch(/^to build it again run `npm rebuild /);
  expect(engineInfo).toThrow(/^unroll: the native engine is not available \(.* it has no ctcLoss, topK\); to build/);
});

it('with a binary it names the file and the engine', async () => {
  const { nativeEngineState } = await import('@unroll/backend-native');
  const state = nativeEngineState();
  expect(state).toMatchObject({ status: 'ready', info: { precision: 'float32' } });
  expect('info' in state && state.info.matmul).toMatch(/^(oneDNN \d+\.\d+|portable)/);
  expect('info' in state && state.info.threads).toBeGreaterThan(0);
});
