import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => {
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

it('with a binary it names the file and the engine', async () => {
  const { nativeEngineState } = await import('@unroll/backend-native');
  const state = nativeEngineState();
  expect(state).toMatchObject({ status: 'ready', info: { precision: 'float32' } });
  expect('info' in state && state.info.matmul).toMatch(/^(oneDNN \d+\.\d+|portable)/);
  expect('info' in state && state.info.threads).toBeGreaterThan(0);
});
