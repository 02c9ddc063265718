import { breathe, DataError, type Statistics } from '@unroll/core';
import { transcriptScoresOf, transcriptStatistics } from '../evaluation/transcript-errors.js';
import { normalizeTranscript } from '../transcripts.js';
import { decodeTranscripts, type SearchedModel, type SearchOptions } from './transcript-search.js';

/** A recording of validation data, with what the CTC model says of it: computed once, searched many times. */
export interface TunedUtterance {
  /** `[step, symbols]`, natural logarithms */
  readonly logProbabilities: Float32Array;
  readonly reference: string;
}

/** One pair of weights that was tried. */
export interface WeightTrial {
  /** α */
  readonly languageWeight: number;
  /** β */
  readonly insertionBonus: number;
  readonly wer: number;
  readonly cer: number;
}

export interface TunedWeights extends WeightTrial {
  /** all that was tried, in order; the first is where the search began */
  readonly trials: readonly WeightTrial[];
}

export interface TuneOptions extends Omit<SearchOptions, 'nBest'> {
  /** pairs of weights that are tried at most; 60 unless set */
  readonly maximumTrials?: number | undefined;
  readonly onTrial?: ((trial: WeightTrial) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Point {
  readonly alpha: number;
  readonly beta: number;
}

/** the first steps of α and β, and where their halving ends */
const firstStep: Point = { alpha: 0.5, beta: 1 };
const smallestShare = 1 / 4;

/**
 * The weights of language model and insertion bonus whose word error rate on validation data is lowest, then the character error rate, then the
 * first one found: from the weights of `options` or the model's configuration, one coordinate after the other by steps that are halved when
 * none helps. Nothing is random.
 *
 * @throws {DataError} `data/empty` without utterances @throws {ConfigError} `config/search` @throws the signal's reason when aborted
 */
export async function tuneLanguageWeights(
  utterances: readonly TunedUtterance[],
  model: SearchedModel,
  options: TuneOptions,
): Promise<TunedWeights> {
  if (utterances.length === 0) {
    throw new DataError('data/empty', 'weights are tuned on recordings with transcripts; there are none');
  }
  const { maximumTrials = 60, onTrial, signal } = options;
  const { decoding } = model.config;
  const tried = new Map<string, WeightTrial>();
  const attempt = async ({ alpha, beta }: Point) => {
    const known = tried.get(`${alpha} ${beta}`);
    if (known || tried.size >= maximumTrials) return known;
    const trial = await tryWeights(utterances, model, {
      ...options,
      languageWeight: alpha,
      insertionBonus: beta,
      signal,
    });
    tried.set(`${alpha} ${beta}`, trial);
    onTrial?.(trial);
    return trial;
  };
  let at: Point = {
    alpha: options.languageWeight ?? decoding.languageWeight,
    beta: options.insertionBonus ?? decoding.insertionBonus,
  };
  let best = (await attempt(at))!;
  for (let share = 1; share >= smallestShare; share /= 2) {
    for (let moved = true; moved;) {
      moved = false;
      for (const next of neighbours(at, share)) {
        const trial = await attempt(next);
        if (!trial || !isBetter(trial, best)) continue;
        [at, best, moved] = [next, trial, true];
        break;
      }
    }
  }
  return { ...best, trials: [...tried.values()] };
}

function neighbours({ alpha, beta }: Point, share: number): readonly Point[] {
  const [byAlpha, byBeta] = [firstStep.alpha * share, firstStep.beta * share];
  return [
    { alpha: alpha + byAlpha, beta },
    { alpha: Math.max(0, alpha - byAlpha), beta },
    { alpha, beta: beta + byBeta },
    { alpha, beta: beta - byBeta },
  ];
}

function isBetter(a: WeightTrial, b: WeightTrial): boolean {
  return a.wer < b.wer || (a.wer === b.wer && a.cer < b.cer);
}

async function tryWeights(
  utterances: readonly TunedUtterance[],
  model: SearchedModel,
  options: TuneOptions & { readonly languageWeight: number; readonly insertionBonus: number },
): Promise<WeightTrial> {
  const sums: Record<string, number> = {};
  for (const { logProbabilities, reference } of utterances) {
    options.signal?.throwIfAborted();
    const text = decodeTranscripts(logProbabilities, model, options)[0]?.text ?? '';
    addTo(sums, transcriptStatistics(normalizeTranscript(reference, model.config.data), text));
    await breathe();
  }
  const { wer, cer } = transcriptScoresOf(sums);
  return { languageWeight: options.languageWeight, insertionBonus: options.insertionBonus, wer, cer };
}

function addTo(sums: Record<string, number>, statistics: Statistics): void {
  for (const [name, value] of Object.entries(statistics)) sums[name] = (sums[name] ?? 0) + value;
}
