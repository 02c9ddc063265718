import { tokenizedBleu } from '../metrics.js';
import { createBleu, type BleuOptions } from './bleu.js';
import { frequencyGroups } from './by-frequency.js';
import { lengthGroups } from './by-length.js';
import { createChrf } from './chrf.js';
import { habitsOf } from './habits.js';
import type { JudgedTranslation, TranslationEvaluation } from './result.js';
import { ScoredTexts, type ScoredCorpus } from './scored-texts.js';
import { createTer } from './ter.js';
import { metricTokens } from './tokenizers.js';
import type { MetricScore, Reference, TranslationMetric } from './translation-metric.js';
import { wordErrors, type SentenceWords } from './word-errors.js';

/** Texts that somebody wrote, and what they should have been. */
export interface TranslatedTexts {
  readonly name: string;
  readonly hypotheses: readonly string[];
  /** as many */
  readonly references: readonly Reference[];
  /** as many */
  readonly sources?: readonly string[] | undefined;
  /** of each in its file; 1, 2, … unless set */
  readonly lines?: readonly number[] | undefined;
}

export interface JudgeOptions {
  /** of the BLEU of the scores; as sacreBLEU does unless set */
  readonly bleu?: BleuOptions | undefined;
  /** how often training has a word of the target side, as `countWords` counts; without it nothing is said of rare words */
  readonly wordCount?: ((word: string) => number) | undefined;
  /** exp of the mean negative log-probability of a reference token */
  readonly perplexity?: number | undefined;
  /** sentences to list; 20 unless set */
  readonly worst?: number | undefined;
}

/** words that are missed or added most often */
const listedWords = 20;

/**
 * Scores of texts, and what there is to say of their mistakes.
 *
 * @throws {DataError} as `statisticsOf`
 */
export function judgeTexts(texts: TranslatedTexts, options: JudgeOptions = {}): TranslationEvaluation {
  const { bleu: bleuOptions = {}, wordCount, perplexity, worst = 20 } = options;
  const { name, hypotheses, references } = texts;
  const scored = <Score extends MetricScore>(metric: TranslationMetric<Score>) =>
    new ScoredTexts(metric, hypotheses, references);
  const corpus: ScoredCorpus = {
    bleu: scored(createBleu(bleuOptions)),
    chrf: scored(createChrf()),
    ter: scored(createTer()),
  };
  const sentences = judgeSentences(texts, corpus, bleuOptions);
  const words = sentences.map((sentence) => wordsOf(sentence, bleuOptions));
  const { score, details, ratio } = corpus.bleu.score();
  return {
    name,
    scores: {
      sentences: sentences.length,
      bleu: score,
      signature: corpus.bleu.signature,
      chrf: corpus.chrf.score().score,
      ter: corpus.ter.score().score,
      ...(perplexity !== undefined && { perplexity }),
    },
    metrics: [
      corpus.bleu,
      corpus.chrf,
      scored(createChrf({ wordOrder: 2 })),
      corpus.ter,
      scored(createBleu(tokenizedBleu)),
    ].map((one) => one.named()),
    bleuDetails: details,
    exactSentences: sentences.filter(isExact).length / sentences.length,
    byLength: lengthGroups(sentences, corpus),
    ...(wordCount && { byFrequency: frequencyGroups(words, wordCount) }),
    habits: habitsOf(words, ratio),
    ...wordErrors(words, listedWords),
    worst: sentences
      .filter((one) => !isExact(one))
      .toSorted((a, b) => a.chrf - b.chrf || b.ter - a.ter || a.line - b.line)
      .slice(0, worst),
    sentences,
  };
}

function isExact({ references, hypothesis }: JudgedTranslation): boolean {
  return references.includes(hypothesis);
}

function judgeSentences(
  { hypotheses, references, sources, lines }: TranslatedTexts,
  { bleu, chrf, ter }: ScoredCorpus,
  options: BleuOptions,
): readonly JudgedTranslation[] {
  const sentenceBleu = createBleu({ effectiveOrder: true, ...options });
  return hypotheses.map((hypothesis, i) => {
    const reference = references[i]!;
    return {
      line: lines?.[i] ?? i + 1,
      ...(sources && { source: sources[i]! }),
      references: typeof reference === 'string' ? [reference] : reference,
      hypothesis,
      bleu: sentenceBleu.score(bleu.rows[i]!).score,
      chrf: chrf.score([i]).score,
      ter: ter.score([i]).score,
    };
  });
}

/** Words as BLEU cuts them. */
function wordsOf(
  { source, references, hypothesis }: JudgedTranslation,
  { tokenizer = '13a', lowercase = false }: BleuOptions,
): SentenceWords {
  const cut = (text: string) => metricTokens(lowercase ? text.toLowerCase() : text, tokenizer);
  return {
    reference: cut(references[0]!),
    hypothesis: cut(hypothesis),
    ...(source !== undefined && { source: cut(source) }),
  };
}
