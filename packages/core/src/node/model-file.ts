import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CheckpointError, isUnrollError } from '../errors.js';
import { parseSafetensors, serializeSafetensors, type NamedArrays, type SafetensorsContent } from '../safetensors.js';
import { fileError } from './file-errors.js';

/** Metadata key of the SHA-256 of the arrays as a file without metadata. */
const sumKey = 'unroll.sha256';

/** A safetensors file that carries the checksum of its own arrays, so that a changed byte is noticed. */
export function serializeModel(arrays: NamedArrays, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  return serializeSafetensors(arrays, { ...metadata, [sumKey]: sumOf(arrays) });
}

/**
 * Reads weights. The checksum is checked where the file has one; files of other programs have none.
 *
 * @throws {CheckpointError} `checkpoint/missing`, or `checkpoint/damaged` for a file that was cut short or edited
 */
export async function readModelFile(path: string): Promise<SafetensorsContent> {
  const bytes = await readFile(path).catch((error: unknown) => {
    const told = fileError(error, 'read', path);
    if (!isUnrollError(told)) throw told;
    const message = `${told.message.replace('unroll: ', '')}; name the folder of a trained run`;
    throw new CheckpointError('checkpoint/missing', message, { cause: error });
  });
  const content = parseSafetensors(bytes, path);
  const expected = content.metadata[sumKey];
  if (expected !== undefined && expected !== sumOf(content.arrays)) {
    const message = `${path} was changed after it was saved; use another copy, or train again`;
    throw new CheckpointError('checkpoint/damaged', message);
  }
  return content;
}

function sumOf(arrays: NamedArrays): string {
  return createHash('sha256').update(serializeSafetensors(arrays)).digest('hex');
}
