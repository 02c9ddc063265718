import type { TextConfig } from '../config.js';
import { characterCodec } from './characters.js';
import type { Codec } from './codec.js';
import { wordCodec } from './words.js';

export function createCodec(config: TextConfig): Codec {
  return config.unit === 'character' ? characterCodec(config) : wordCodec(config);
}
