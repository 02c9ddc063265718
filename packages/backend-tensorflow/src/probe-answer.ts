import { fork } from 'node:child_process';
import { missing } from './load-failure.js';
import type { TensorFlowReport } from './report.js';

/** What the process that runs `main` sends, or as a missing TensorFlow why it sent nothing. */
export async function askProcess(main: string, timeoutMs: number): Promise<TensorFlowReport> {
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
  const errors = stderr.split('\n').filter((line) => /error:|fatal|terminate called/i.test(line));
  return errors.length === 0 ? '' : `: ${errors[0]!.trim()}`;
}
