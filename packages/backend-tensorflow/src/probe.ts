import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { missing } from './load-failure.js';
import type { TensorFlowReport } from './report.js';

export type { TensorFlowReport } from './report.js';
export type { TensorFlowEngineState } from './state.js';

/** From source the process runs from source as well: it is started with the same flags as this one. */
const main = fileURLToPath(new URL(`probe-process.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url));

/**
 * Finds out whether TensorFlow can compute here by loading it in another process: a native part that does not fit may end
 * the process that loads it, or wait for ever. Never throws.
 */
export async function probeTensorFlow({ timeoutMs = 60_000 } = {}): Promise<TensorFlowReport> {
  return new Promise((resolve) => {
    // a signal that stops this process is for that one, too, so it is no group of its own
    const child = fork(main, [], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr = `${stderr}${text}`.slice(-4000)));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      resolve(failed(`has not answered in ${timeoutMs / 1000} s`));
    }, timeoutMs);
    child.on('message', (report) => resolve(report as TensorFlowReport));
    child.on('error', (error) => resolve(failed(`does not start: ${error.message}`)));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      // without effect where it has answered
      resolve(failed(`was ended ${signal === null ? `with exit code ${code}` : `by ${signal}`}${lastWords(stderr)}`));
    });
  });
}

function failed(what: string): TensorFlowReport {
  return { state: missing('does-not-load', `the process that loads TensorFlow ${what}`), fusedKernels: [] };
}

function lastWords(stderr: string): string {
  const errors = stderr.split('\n').filter((line) => /error|fatal|abort/i.test(line));
  return errors.length === 0 ? '' : `: ${errors[0]!.trim()}`;
}
