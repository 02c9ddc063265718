import { exitCodes } from './exit-codes.js';

const stopSignals = ['SIGINT', 'SIGTERM'] as const;
export type StopSignal = (typeof stopSignals)[number];

/** The first SIGINT or SIGTERM asks for an orderly end; the second one ends the process at once. */
export class StopRequest {
  readonly #controller = new AbortController();
  readonly #onStop: () => void;
  received: StopSignal | undefined;

  /** @param onStop - called at the first signal, to tell the user */
  constructor(onStop: () => void) {
    this.#onStop = onStop;
    for (const name of stopSignals) process.on(name, this.#handle);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** From now on signals end the process as they do by default. */
  release(): void {
    for (const name of stopSignals) process.off(name, this.#handle);
  }

  readonly #handle = (name: NodeJS.Signals): void => {
    if (this.received !== undefined) process.exit(name === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted);
    this.received = name === 'SIGTERM' ? 'SIGTERM' : 'SIGINT';
    this.#onStop();
    this.#controller.abort();
  };
}
