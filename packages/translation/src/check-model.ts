import { ConfigError } from '@unroll/core';
import type { ModelConfig, TranslationConfig } from './config.js';
import type { TranslationFacts } from './types.js';

/**
 * Whether the parts of a model fit each other.
 *
 * @throws {ConfigError} `config/tied-embeddings`, `config/attention`, `config/copy`: one line that says what to set
 */
export function checkModel({ model }: TranslationConfig, { source, target }: TranslationFacts): void {
  checkTied(model);
  if (model.tiedEmbeddings === 'all' && source.vocabulary.size !== target.vocabulary.size) {
    const sizes = `the source has ${source.vocabulary.size} tokens and the target ${target.vocabulary.size}`;
    throw new ConfigError('config/tied-embeddings', `model.tiedEmbeddings "all" needs one vocabulary, but ${sizes}`);
  }
  checkAttention(model);
}

function checkTied({ tiedEmbeddings, deepOutput, embeddingSize, decoder, encoder, attention }: ModelConfig): void {
  if (tiedEmbeddings === 'none' || deepOutput) return;
  const hasContext = attention.kind !== 'none' && decoder.attends !== 'after';
  const width = decoder.hiddenSize + (hasContext ? encoder.hiddenSize * (encoder.bidirectional ? 2 : 1) : 0);
  if (width === embeddingSize) return;
  const message =
    `model.tiedEmbeddings "${tiedEmbeddings}" needs an output layer that reads embeddingSize = ${embeddingSize} numbers, but without ` +
    `model.deepOutput it reads ${width}; set model.deepOutput to true`;
  throw new ConfigError('config/tied-embeddings', message);
}

function checkAttention({ attention, decoder, encoder, copy, bridge }: ModelConfig): void {
  const { kind, range, coverage } = attention;
  const width = encoder.hiddenSize * (encoder.bidirectional ? 2 : 1);
  if (kind === 'none') {
    const needs = copy
      ? 'copy'
      : coverage.enabled
        ? 'attention.coverage'
        : range !== 'global'
          ? 'attention.range'
          : undefined;
    if (!needs && bridge !== 'zero') return;
    if (!needs) {
      const message =
        'without attention the decoder knows of the source what model.bridge hands it, but that is "zero"; ' +
        'set model.attention.kind, or model.bridge to "mean"';
      throw new ConfigError('config/attention', message);
    }
    throw new ConfigError('config/attention', `model.${needs} needs attention, but model.attention.kind is "none"`);
  }
  if (range !== 'global' && decoder.attends !== 'after') {
    const message = `model.attention.range "${range}" needs model.decoder.attends "after", got "${decoder.attends}"`;
    throw new ConfigError('config/attention', message);
  }
  if ((kind === 'dot' || kind === 'scaled') && decoder.hiddenSize !== width) {
    const message =
      `model.attention.kind "${kind}" compares the decoder's ${decoder.hiddenSize} numbers with the encoder's ${width}; ` +
      `set model.decoder.hiddenSize to ${width}, or kind to "general"`;
    throw new ConfigError('config/attention', message);
  }
}
