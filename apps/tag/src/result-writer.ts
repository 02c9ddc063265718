import { rmSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { exitCodes, type Output } from '@unroll/cli';
import { fileError, isDevice } from '@unroll/core/node';

/** Where results go, piece by piece. */
export interface ResultWriter {
  write(text: string): Promise<void>;
  /** hands over what still waits; a file is there now, all of it */
  end(): Promise<void>;
  /** of a result that will not be whole: what stood at the path before stays */
  discard(): Promise<void>;
}

/** Characters that wait for each other before they are written. */
const bufferSize = 1 << 16;

/** Standard output. @param immediately - each piece is handed over at once, for readers who wait for it */
export function standardOutput(output: Output, immediately: boolean): ResultWriter {
  let waiting = '';
  const flush = async (): Promise<void> => {
    const text = waiting;
    waiting = '';
    if (text !== '') await output.write(text);
  };
  return {
    async write(text) {
      waiting += text;
      if (immediately || waiting.length >= bufferSize) await flush();
    },
    end: flush,
    discard: () => Promise.resolve(),
  };
}

/**
 * A file of any size: written beside its place, and renamed when it is whole. A device or a pipe is written to as it is.
 *
 * @throws {DataError} `file/…` if it cannot be written
 */
export async function fileWriter(path: string): Promise<ResultWriter> {
  const inPlace = await isDevice(path);
  const temporary = inPlace ? path : `${path}.${process.pid}.tmp`;
  const told = (error: unknown): never => {
    throw fileError(error, 'write', path);
  };
  const file = await open(temporary, 'w').catch(told);
  const onSignal = (signal: NodeJS.Signals): void => {
    if (!inPlace) rmSync(temporary, { force: true });
    process.exit(signal === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted);
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, onSignal);
  const close = async (): Promise<void> => {
    for (const signal of signals) process.off(signal, onSignal);
    await file.close();
  };
  let waiting = '';
  const flush = async (): Promise<void> => {
    const text = waiting;
    waiting = '';
    await file.appendFile(text).catch(told);
  };
  return {
    async write(text) {
      waiting += text;
      if (waiting.length >= bufferSize) await flush();
    },
    async end() {
      await flush();
      if (!inPlace) await file.sync().catch(told);
      await close();
      if (!inPlace) await rename(temporary, path).catch(told);
    },
    async discard() {
      await close();
      if (!inPlace) await rm(temporary, { force: true });
    },
  };
}
