import { DataError } from '@unroll/core/errors';
import {
  tuneLanguageWeights,
  type RecognizeOptions,
  type Recording,
  type TunedUtterance,
  type TunedWeights,
  type WeightTrial,
} from '@unroll/audio-recognition';
import type { Listener } from './evaluation.js';

interface TuneLanguageOptions {
  readonly recognize: RecognizeOptions;
  /** how many recordings are heard */
  readonly onProgress?: (done: number) => void;
  readonly onTrial?: (trial: WeightTrial) => void;
}

/**
 * The weight of the language model and the bonus with which these recordings are transcribed best: each is heard once, and searched again and again.
 *
 * @throws {DataError} `data/no-answers` where no recording has a transcript
 */
export async function tuneLanguage(
  { model, recognizer }: Listener,
  { name, recordings }: { readonly name: string; readonly recordings: readonly Recording[] },
  { recognize, onProgress, onTrial }: TuneLanguageOptions,
): Promise<TunedWeights> {
  const known = recordings.filter(({ transcript }) => transcript !== undefined);
  if (known.length === 0) {
    throw new DataError('data/no-answers', `${name}: no recording has a transcript, so that nothing can be tuned`);
  }
  const utterances: TunedUtterance[] = [];
  for await (const { posteriors } of recognizer.recognize(known, { posteriors: true })) {
    utterances.push({ logProbabilities: posteriors!, reference: known[utterances.length]!.transcript! });
    onProgress?.(utterances.length);
  }
  return tuneLanguageWeights(utterances, model, { ...recognize, onTrial });
}
