import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** Without the threads' mask that the set-up compiles in, TensorFlow 2.21 dies of this within a second on AVX-512. */
test.skipIf(process.platform === 'win32')(
  'signals reach the program and do TensorFlow no harm',
  async () => {
    const script = fileURLToPath(new URL('signals-process.ts', import.meta.url));
    const child = fork(script, { execArgv: ['--conditions=unroll-source', '--import', 'tsx'] });
    const ended = once(child, 'exit');
    const messages: unknown[] = [];
    child.on('message', (message) => messages.push(message));
    const isRunning = () => child.exitCode === null && child.signalCode === null;
    while (messages.length < 2 && isRunning()) {
      if (messages.length === 1) child.kill('SIGUSR2');
      await setTimeout(1);
    }
    expect(messages).toEqual(['ready', expect.any(Number)]);
    expect(messages[1]).toBeGreaterThan(100);
    expect(await ended).toEqual([0, null]);
  },
  60_000,
);
