import { presetByName } from '@unroll/core';
import type { SequenceTaggingConfigInput } from '../config.js';
import { conll2000 } from './conll2000.js';
import { demo } from './demo.js';
import { restoration } from './restoration.js';
import { udEwtUpos } from './ud-ewt-upos.js';

/** Ready configurations by name; what they leave out is `sequenceTaggingConfigSchema`'s default. */
export const presets = {
  conll2000,
  'ud-ewt-upos': udEwtUpos,
  restoration,
  demo,
} as const satisfies Readonly<Record<string, SequenceTaggingConfigInput>>;

export type PresetName = keyof typeof presets;

/**
 * A preset by name.
 *
 * @throws {ConfigError} `config/unknown-preset`, naming the nearest
 */
export function findPreset(name: string): SequenceTaggingConfigInput {
  return presetByName<SequenceTaggingConfigInput>(presets, name);
}
