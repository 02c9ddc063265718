import type { Statistics } from '@unroll/core';
import type { TranslationConfig } from '../config.js';
import { encodeSource } from '../examples.js';
import { bleuFromStatistics, bleuStatistics, tokenizedBleu } from '../metrics.js';
import { beamSearch } from '../search/beam.js';
import { decoderRows } from '../search/decoder-rows.js';
import { pathOf } from '../search/hypotheses.js';
import { searchBatchNow } from '../search/search-batch.js';
import { searchOptions } from '../search/search-options.js';
import type { Segmenters } from '../tokenization/create-segmenter.js';
import type { Batch, TextPair, TranslationModel } from '../types.js';
import type { BleuOptions } from './bleu.js';

/** BLEU during training: of text that is cut at white space already as `multi-bleu.perl` counts it, of other text as sacreBLEU does. */
function bleuOptions({ tokenization }: TranslationConfig): BleuOptions {
  return tokenization.words === 'whitespace' ? tokenizedBleu : {};
}

/**
 * What BLEU of the greedy translations of a batch is made of: sums, which add up over batches.
 *
 * @param batch - of evaluation, with `pairs`
 */
export function greedyStatistics(model: TranslationModel, batch: Batch, segmenters: Segmenters): Statistics {
  const pairs = batch.pairs!;
  const texts = greedyTexts(model, { ...batch, pairs }, segmenters);
  const references = pairs.map(({ target }) => target);
  return bleuStatistics(texts, references, bleuOptions(model.config));
}

/** BLEU of summed `greedyStatistics`, 0 … 100. */
export function greedyBleu(statistics: Statistics, config: TranslationConfig): number {
  return bleuFromStatistics(statistics, bleuOptions(config)).score;
}

function greedyTexts(
  model: TranslationModel,
  { source, pairs }: Batch & { readonly pairs: readonly TextPair[] },
  segmenters: Segmenters,
): readonly string[] {
  const { vocabulary } = segmenters.target;
  const { paddingId, startId, endId } = vocabulary;
  const options = searchOptions([model], { decoding: { beam: 1, replaceUnknown: false, coveragePenalty: 0 } });
  const setting = { options, paddingId: paddingId!, startId: startId!, endId: endId!, keepsAttention: false };
  const copied = pairs.map((pair) =>
    model.config.model.copy ? encodeSource(pair.source, { segmenters, copy: true }).copied : [],
  );
  const searches = copied.map((words, row) => {
    const sourceLength = source.lengths[row]!;
    const limit = Math.floor(options.lengthFactor * (sourceLength - 1) + options.lengthExtra);
    return beamSearch(setting, { sourceLength, limit, tokenCount: vocabulary.size + words.length, prefix: noTokens });
  });
  const rows = decoderRows([model], source);
  try {
    searchBatchNow(rows, searches);
  } finally {
    rows.dispose();
  }
  return searches.map(({ results }, row) => {
    const ids = pathOf(results[0]!.node).map(({ id }) => id);
    const written = ids.filter((id) => id !== endId);
    return segmenters.target.join(written.map((id) => copied[row]![id - vocabulary.size] ?? vocabulary.token(id)));
  });
}

const noTokens = new Int32Array(0);
