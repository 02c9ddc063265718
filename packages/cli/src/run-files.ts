import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '@unroll/core/node';
import { CheckpointError, isUnrollError } from '@unroll/core/errors';

/** A file that every run folder has. @throws {CheckpointError} `checkpoint/missing` */
export async function readRunFile(folder: string, name: string): Promise<Buffer> {
  const path = join(folder, name);
  return readFile(path).catch((error: unknown) => {
    const told = fileError(error, 'read', path);
    if (!isUnrollError(told)) throw told;
    const message = `${told.message.replace('unroll: ', '')}; name the folder of a trained run`;
    throw new CheckpointError('checkpoint/missing', message, { cause: error });
  });
}
