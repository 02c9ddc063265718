import { parseConfig, presetByName } from '@unroll/core';
import { languageModelConfigSchema, type LanguageModelConfig, type LanguageModelConfigInput } from '../config.js';
import { charRnn } from './char-rnn.js';
import { demo } from './demo.js';
import { ptbLarge } from './ptb-large.js';
import { ptbMedium } from './ptb-medium.js';
import { ptbSmall } from './ptb-small.js';
import { tinyShakespeare } from './tiny-shakespeare.js';

/** Ready configurations by name; what they leave out is `languageModelConfigSchema`'s default. */
export const presets = {
  'ptb-small': ptbSmall,
  'ptb-medium': ptbMedium,
  'ptb-large': ptbLarge,
  'char-rnn': charRnn,
  'tiny-shakespeare': tinyShakespeare,
  demo,
} as const satisfies Readonly<Record<string, LanguageModelConfigInput>>;

export type PresetName = keyof typeof presets;

/**
 * A preset by name.
 *
 * @throws {ConfigError} `config/unknown-preset`, naming the nearest
 */
export function findPreset(name: string): LanguageModelConfigInput {
  return presetByName<LanguageModelConfigInput>(presets, name);
}

/** A configuration with every default filled in. @throws {ConfigError} for a key or value that cannot be used */
export function parseLanguageModelConfig(input: LanguageModelConfigInput): LanguageModelConfig {
  return parseConfig(languageModelConfigSchema, input);
}
