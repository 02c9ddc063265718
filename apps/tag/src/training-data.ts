import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VerbContext } from '@unroll/cli';
import { isUnrollError, type ByteSource } from '@unroll/core';
import { UsageError } from '@unroll/core/errors';
import { z } from 'zod';

const recordSchema = z.looseObject({ data: z.string() });

export interface TrainingDataOptions {
  /** of `--train` */
  readonly named: string | undefined;
  /** of the run */
  readonly folder: string;
  /** true where it is a mistake that there is none */
  readonly isAsked: boolean;
}

/**
 * What a model was trained on, as its run noted it, or what is named in its place; `undefined` where that is gone and nobody asked.
 *
 * @throws {UsageError} `usage/train` where it is asked for and not there
 */
export async function trainingData(
  context: VerbContext,
  { named, folder, isAsked }: TrainingDataOptions,
): Promise<ByteSource | undefined> {
  const name = named ?? (await notedName(folder));
  try {
    if (name !== undefined && name !== '-') return (await context.openData(name)).train;
  } catch (error) {
    if (named !== undefined || !isUnrollError(error)) throw error;
  }
  if (!isAsked) return undefined;
  const message = `baselines learn from the training data, which ${name === undefined || name === '-' ? 'the run did not note' : `are no longer at ${name}`}; name them with --train`;
  throw new UsageError('usage/train', message);
}

async function notedName(folder: string): Promise<string | undefined> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'))).data;
  } catch {
    // a model without a record of its run: one that was saved by hand
    return undefined;
  }
}
