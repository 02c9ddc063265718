import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Answers, Request } from './protocol.js';

/** How a peer's worker is started. */
export interface WorkerCommand {
  readonly command: string;
  readonly arguments: readonly string[];
  /** added to this program's own */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A worker process that answers requests one at a time, over JSON lines. */
export class Worker {
  readonly startedAt = performance.now();
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #stderr = '';

  constructor(name: string, command: WorkerCommand) {
    this.#name = name;
    this.#process = spawn(command.command, command.arguments, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...command.environment },
    });
    // a process that cannot be started or written to closes its output, and that is reported by `ask`
    this.#process.on('error', (error) => (this.#stderr += error.message));
    this.#process.stdin!.on('error', () => {});
    this.#process.stderr!.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.#answers = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  /** @throws {Error} with the worker's own words if it ended instead of answering */
  async ask<R extends Request>(request: R): Promise<Answers[R['request']]> {
    this.#process.stdin!.write(`${JSON.stringify(request)}\n`);
    const line = await this.#answers.next();
    if (line.done === true) {
      throw new Error(`the ${this.#name} worker ended at '${request.request}':\n${this.#stderr.trim()}`);
    }
    return JSON.parse(line.value) as Answers[R['request']];
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.pid === undefined) return;
    const ended = once(this.#process, 'exit');
    this.#process.stdin!.end();
    await ended;
  }
}
