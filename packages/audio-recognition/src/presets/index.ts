import { presetByName } from '@unroll/core';
import type { AudioRecognitionConfigInput } from '../config.js';
import { demo } from './demo.js';
import { fsddConnected } from './fsdd-connected.js';
import { fsddNewSpeaker } from './fsdd-new-speaker.js';
import { fsddSpeakers } from './fsdd-speakers.js';
import { fsdd } from './fsdd.js';
import { speechCommands } from './speech-commands.js';

/** Ready configurations by name; what they leave out is `audioRecognitionConfigSchema`'s default. */
export const presets = {
  fsdd,
  'fsdd-new-speaker': fsddNewSpeaker,
  'fsdd-connected': fsddConnected,
  'fsdd-speakers': fsddSpeakers,
  'speech-commands': speechCommands,
  demo,
} as const satisfies Readonly<Record<string, AudioRecognitionConfigInput>>;

export type PresetName = keyof typeof presets;

/**
 * A preset by name.
 *
 * @throws {ConfigError} `config/unknown-preset`, naming the nearest
 */
export function findPreset(name: string): AudioRecognitionConfigInput {
  return presetByName<AudioRecognitionConfigInput>(presets, name);
}
