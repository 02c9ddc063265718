import type { z } from 'zod';
import { parseConfig, type Frozen } from './config.js';
import { CheckpointError, isUnrollError } from './errors.js';
import type { NamedArrays } from './safetensors.js';
import type { Parameters } from './tensors/parameters.js';
import { assignArrays } from './training/checkpoint.js';

/** The files of a saved model by name, wherever they come from. */
export type SavedFiles = Readonly<Record<string, Uint8Array>>;

/**
 * @param where - the files are, for messages
 * @throws {CheckpointError} `checkpoint/missing`
 */
export function savedFile(files: SavedFiles, name: string, where: string): Uint8Array {
  const content = files[name];
  if (content) return content;
  throw new CheckpointError('checkpoint/missing', `${where} lacks ${name}; give the folder of a trained model`);
}

/**
 * The configuration that was saved with a model.
 *
 * @param what - it is of, for messages: `a language model`
 * @throws {CheckpointError} `checkpoint/config`
 */
export function parseSavedConfig<Schema extends z.ZodType>(
  schema: Schema,
  bytes: Uint8Array,
  { path, what }: { readonly path: string; readonly what: string },
): Frozen<z.output<Schema>> {
  try {
    return parseConfig(schema, JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    const reason = isUnrollError(error) ? reasonOf(error) : 'it is no JSON';
    const message = `${path} is no configuration of ${what}: ${reason}`;
    throw new CheckpointError('checkpoint/config', message, { cause: error });
  }
}

/**
 * Gives a model the weights of a file.
 *
 * @throws {CheckpointError} `checkpoint/mismatch`, naming the file; then no variable was changed
 */
export function assignSavedArrays(parameters: Parameters, arrays: NamedArrays, path: string): void {
  try {
    assignArrays(parameters, arrays);
  } catch (error) {
    if (!isUnrollError(error)) throw error;
    throw new CheckpointError(error.code, `${path}: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: Error): string {
  return error.message.replace('unroll: ', '');
}
