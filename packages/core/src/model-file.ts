import { fingerprint } from './crc32c.js';
import { CheckpointError } from './errors.js';
import { parseSafetensors, serializeSafetensors, type NamedArrays, type SafetensorsContent } from './safetensors.js';

/** Metadata key of the CRC-32C of the arrays as a file without metadata. */
const sumKey = 'unroll.crc32c';

/** A safetensors file that carries the checksum of its own arrays, so that a changed byte is noticed. */
export function serializeModel(arrays: NamedArrays, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  return serializeSafetensors(arrays, { ...metadata, [sumKey]: checksum(arrays) });
}

/**
 * Reads what `serializeModel` wrote. Safetensors of other programs, which have no checksum, are read as they are.
 *
 * @param name - the file, for messages
 * @throws {CheckpointError} `checkpoint/damaged` if it was cut short or edited
 */
export function parseModel(bytes: Uint8Array, name: string): SafetensorsContent {
  const content = parseSafetensors(bytes, name);
  const expected = content.metadata[sumKey];
  if (expected !== undefined && expected !== checksum(content.arrays)) {
    const message = `${name} was changed after it was saved; use another copy, or train again`;
    throw new CheckpointError('checkpoint/damaged', message);
  }
  return content;
}

function checksum(arrays: NamedArrays): string {
  return fingerprint(serializeSafetensors(arrays));
}
