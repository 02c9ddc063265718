import { rmSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { destinationOf, fileError, syncFolder } from '@unroll/core/node';
import { exitCodes } from './exit-codes.js';
import type { Output } from './output.js';

export interface ResultPlace {
  /** of a file; standard output unless given */
  readonly path?: string | undefined;
  /** hands each piece over at once, for readers who wait for it; pieces are gathered unless set */
  readonly immediately?: boolean | undefined;
}

export type WriteText = (text: string) => Promise<void>;

/** Where pieces of text go. */
interface ResultWriter {
  readonly append: WriteText;
  /** a file is there now, all of it */
  end(): Promise<void>;
  /** of a result that will not be whole: what stood at the path before stays */
  discard(): Promise<void>;
}

/** Characters that wait for each other before they are written. */
const bufferSize = 1 << 16;

/**
 * Writes what `produce` writes, of any size: to standard output, or to a file, which is written beside its place and renamed when it is
 * whole. A device or a pipe is written to as it is.
 *
 * @throws {DataError} `file/…` if it cannot be written, and what `produce` throws; what stood at the path before then stays
 */
export async function writeResult(
  output: Output,
  { path, immediately = false }: ResultPlace,
  produce: (write: WriteText) => Promise<void>,
): Promise<void> {
  const writer = path === undefined ? standardOutput(output) : await fileWriter(path);
  let waiting = '';
  const flush = async (): Promise<void> => {
    const text = waiting;
    waiting = '';
    if (text !== '') await writer.append(text);
  };
  try {
    await produce(async (text) => {
      waiting += text;
      if (immediately || waiting.length >= bufferSize) await flush();
    });
    await flush();
    await writer.end();
  } catch (error) {
    await writer.discard();
    throw error;
  }
  if (path !== undefined) output.log(`written: ${path}`);
}

function standardOutput(output: Output): ResultWriter {
  return { append: (text) => output.write(text), end: () => Promise.resolve(), discard: () => Promise.resolve() };
}

async function fileWriter(named: string): Promise<ResultWriter> {
  const { path, inPlace } = await destinationOf(named);
  const temporary = inPlace ? path : `${path}.${process.pid}.tmp`;
  const told = (error: unknown): never => {
    throw fileError(error, 'write', named);
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
  return {
    append: (text) => file.appendFile(text).catch(told),
    async end() {
      if (!inPlace) await file.sync().catch(told);
      await close();
      if (inPlace) return;
      await rename(temporary, path).catch(told);
      await syncFolder(dirname(path)).catch(told);
    },
    async discard() {
      await close();
      if (!inPlace) await rm(temporary, { force: true });
    },
  };
}
