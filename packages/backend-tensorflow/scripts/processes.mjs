import { spawn } from 'node:child_process';

/**
 * Runs a program to its end, and with it, where the signal aborts, everything that it started: a compiler that nobody
 * waits for would go on writing.
 *
 * @returns its exit code, the signal that ended it, and what it printed
 */
export function run(command, args, { cwd, env = process.env, signal }) {
  const group = process.platform !== 'win32';
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: group });
    const printed = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8').on('data', (text) => (printed[name] += text));
    }
    const stop = () => {
      try {
        if (group && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
        else child.kill('SIGKILL');
      } catch {
        // it has just ended by itself
      }
    };
    signal?.addEventListener('abort', stop, { once: true });
    child.on('error', (error) => {
      signal?.removeEventListener('abort', stop);
      reject(error);
    });
    child.on('close', (code, killedBy) => {
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted) reject(signal.reason);
      else resolve({ code, signal: killedBy, ...printed });
    });
  });
}
