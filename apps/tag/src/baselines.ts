import { formatNumber, type RandomKey } from '@unroll/core';
import { UsageError } from '@unroll/core/errors';
import {
  baselineNames,
  baselinesFor,
  createBaseline,
  type BaselineName,
  type Sentence,
  type SequenceTaggingConfig,
  type TagColumn,
  type Tagger,
} from '@unroll/sequence-tagging';

export interface FitBaselinesOptions {
  /** names; those that suit the columns and take less than about a minute unless set */
  readonly names?: readonly string[] | undefined;
  /** what they learn from */
  readonly sentences: readonly Sentence[];
  readonly columns: readonly TagColumn[];
  readonly config: SequenceTaggingConfig;
  readonly key: RandomKey;
  readonly onProgress: (message: string) => void;
}

/** Tokens that a baseline learns from within about a minute, unasked. */
const mostTokens: Readonly<Record<BaselineName, number>> = {
  'most-frequent': Infinity,
  brill: Infinity,
  'feature-crf': 250_000,
};

/** Fits the baselines, one after the other. What is left out is said. */
export async function fitBaselines(options: FitBaselinesOptions): Promise<readonly Tagger[]> {
  const { onProgress } = options;
  const names = options.names ?? affordable(options);
  const taggers: Tagger[] = [];
  for (const name of names) {
    if (name !== 'most-frequent') onProgress(`fitting the baseline ${name}`);
    taggers.push(await createBaseline(name, options));
  }
  return taggers;
}

function affordable({ columns, sentences, onProgress }: FitBaselinesOptions): readonly BaselineName[] {
  const tokens = sentences.reduce((sum, sentence) => sum + sentence.tokens.length, 0);
  return baselinesFor(columns).filter((name) => {
    if (tokens <= mostTokens[name]) return true;
    onProgress(
      `the baseline ${name} is left out: ${formatNumber(tokens)} tokens take it more than a minute; evaluate --baselines ${name} has it`,
    );
    return false;
  });
}

/** The names of `--baselines`, of which `none` is none. @throws {UsageError} for one that is no baseline */
export function checkedBaselines(names: readonly string[] | undefined): readonly string[] | undefined {
  if (names === undefined) return undefined;
  if (names.length === 1 && names[0] === 'none') return [];
  const unknown = names.find((name) => !(baselineNames as readonly string[]).includes(name));
  if (unknown === undefined) return names;
  const message = `--baselines ${unknown} is no baseline; there are ${baselineNames.join(', ')}`;
  throw new UsageError('usage/baselines', message);
}
