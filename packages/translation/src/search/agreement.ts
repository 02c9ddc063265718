import { ConfigError } from '@unroll/core';
import type { TranslationModel } from '../types.js';

/**
 * Can the probabilities of these models be averaged, token by token?
 *
 * @throws {ConfigError} `config/ensemble` naming what the first that differs has otherwise
 */
export function checkAgreement(models: readonly TranslationModel[]): void {
  const [first, ...others] = models;
  if (!first) throw new ConfigError('config/ensemble', 'a translator needs at least one model, got none');
  for (const [index, model] of others.entries()) {
    const differs = differenceOf(first, model);
    if (!differs) continue;
    const remedy = 'models of an ensemble are trained on the same data with the same tokenization';
    throw new ConfigError('config/ensemble', `model ${index + 2} has ${differs} than model 1; ${remedy}`);
  }
}

function differenceOf(a: TranslationModel, b: TranslationModel): string | undefined {
  for (const side of ['source', 'target'] as const) {
    const [first, second] = [a.facts[side], b.facts[side]];
    if (first.vocabulary.fingerprint() !== second.vocabulary.fingerprint()) return `another ${side} vocabulary`;
    if (JSON.stringify(first.merges) !== JSON.stringify(second.merges)) return `other ${side} merges`;
  }
  return a.config.model.copy === b.config.model.copy ? undefined : 'another setting of model.copy';
}
