import { checkSampling, ConfigError } from '@unroll/core';
import type { DecodingConfig } from '../config.js';
import type { TranslateOptions, TranslationModel } from '../types.js';

/** How hypotheses are searched, checked and with every default. */
export interface SearchOptions extends DecodingConfig {
  /** hypotheses of each sentence that are wanted */
  readonly nBest: number;
}

/**
 * The configuration of a model with what was asked for over it.
 *
 * @throws {ConfigError} `config/decoding` for a value out of range, or one that needs attention of a model without it;
 * `config/sampling`
 */
export function searchOptions(models: readonly TranslationModel[], options: TranslateOptions): SearchOptions {
  const { decoding, model } = models[0]!.config;
  const asked = Object.entries(options.decoding ?? {}).filter(([, value]) => value !== undefined);
  const merged: SearchOptions = { ...decoding, ...Object.fromEntries(asked), nBest: options.nBest ?? 1 };
  const { beam, nBest, lengthFactor, lengthExtra, lengthAlpha, coveragePenalty, blockRepeats } = merged;
  requireWhole('beam', beam, { least: 1, hint: '1 = greedy' });
  requireWhole('n-best', nBest, { least: 1 });
  if (!options.sampling && nBest > beam) {
    throw problem(`n-best must be at most beam = ${beam}, got ${nBest}; widen the beam or ask for fewer`);
  }
  requireAtLeast('lengthFactor', lengthFactor, 0);
  requireWhole('lengthExtra', lengthExtra, { least: 1, hint: 'a translation has at least one token' });
  requireAtLeast('lengthAlpha', lengthAlpha, 0);
  requireAtLeast('coveragePenalty', coveragePenalty, 0);
  requireWhole('blockRepeats', blockRepeats, { least: 0, hint: '0 = repeats are allowed' });
  if (model.attention.kind === 'none') requireNoAttention(merged);
  if (options.sampling) checkDraws(options.sampling);
  return merged;
}

/** What needs attention, of a model without it. */
function requireNoAttention({ coveragePenalty, replaceUnknown }: SearchOptions): void {
  const asked = coveragePenalty > 0 ? 'coveragePenalty' : replaceUnknown && 'replaceUnknown';
  if (!asked) return;
  throw problem(`${asked} needs a model with attention, and this one has none; leave it out`);
}

function checkDraws({ temperature = 1, topK = 0, topP = 1 }: NonNullable<TranslateOptions['sampling']>): void {
  if (temperature === 0) {
    const hint = 'to take the most probable token each time, translate with a beam of 1';
    throw new ConfigError('config/sampling', `temperature must be above 0, got 0; ${hint}`);
  }
  checkSampling({ temperature, topK, topP });
}

function requireWhole(name: string, value: number, { least, hint }: { least: number; hint?: string }): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  const meaning = hint === undefined ? '' : ` (${hint})`;
  throw problem(`${name} must be a whole number of at least ${least}${meaning}, got ${value}`);
}

function requireAtLeast(name: string, value: number, least: number): void {
  if (Number.isFinite(value) && value >= least) return;
  throw problem(`${name} must be a number of at least ${least}, got ${value}`);
}

function problem(message: string): ConfigError {
  return new ConfigError('config/decoding', message);
}
