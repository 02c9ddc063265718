import { presetByName } from '@unroll/core';
import type { TranslationConfigInput } from '../config.js';
import { demo } from './demo.js';
import { multi30kEnDe } from './multi30k-en-de.js';
import { numbersDates } from './numbers-dates.js';

/** Ready configurations by name; what they leave out is `translationConfigSchema`'s default. */
export const presets = {
  'multi30k-en-de': multi30kEnDe,
  'numbers-dates': numbersDates,
  demo,
} as const satisfies Readonly<Record<string, TranslationConfigInput>>;

export type PresetName = keyof typeof presets;

/**
 * A preset by name.
 *
 * @throws {ConfigError} `config/unknown-preset`, naming the nearest
 */
export function findPreset(name: string): TranslationConfigInput {
  return presetByName<TranslationConfigInput>(presets, name);
}
