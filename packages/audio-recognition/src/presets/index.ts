import { presetByName } from '@unroll/core';
import type { AudioRecognitionConfigInput } from '../config.js';

/** Ready configurations by name; what they leave out is `audioRecognitionConfigSchema`'s default. */
export const presets: Readonly<Record<string, AudioRecognitionConfigInput>> = {};

/**
 * A preset by name.
 *
 * @throws {ConfigError} `config/unknown-preset`, naming the nearest
 */
export function findPreset(name: string): AudioRecognitionConfigInput {
  return presetByName<AudioRecognitionConfigInput>(presets, name);
}
