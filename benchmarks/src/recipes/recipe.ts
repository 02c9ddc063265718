/**
 * Published results and the command lines that reach them. A recipe is nothing but what a user would type, so a
 * reproduction proves the very path that users take.
 */
export interface Recipe {
  readonly name: string;
  readonly task: string;
  /** folder of the app under `apps/` */
  readonly app: string;
  readonly seeds: readonly number[];
  /** what is trained and scored for each seed: one case, or for example one a horizon */
  readonly cases: readonly RecipeCase[];
  /** a score of several cases together, for example over people who are left out of training in turn */
  readonly mean?: MeanOfCases;
}

export interface MeanOfCases {
  /** as of a case */
  readonly name: string;
  readonly data: string;
  readonly model: string;
  readonly cases: readonly string[];
  /** its key is a score of each of the cases */
  readonly score: RecipeScore;
}

export interface RecipeCase {
  /** of its folder and in messages; unique in its recipe */
  readonly name: string;
  /** the first column of README's table of results */
  readonly data: string;
  readonly model: string;
  /** flags of the app's `train`, without seed, folder and threads */
  readonly train: readonly string[];
  /** flags of the app's `evaluate`, without model and threads */
  readonly evaluate: readonly string[];
  /** the first one is shown in README, all in benchmarks/README.md */
  readonly scores: readonly [RecipeScore, ...RecipeScore[]];
  /** only these of the recipe's seeds, for what has no randomness */
  readonly seeds?: readonly number[];
}

export interface RecipeScore {
  /** path into the JSON object that `evaluate --json` prints: `metrics.mse.model` */
  readonly key: string;
  /** how people call it, with its split: `test perplexity` */
  readonly label: string;
  readonly decimals: number;
  readonly published?: { readonly score: number; readonly source: string };
  /** what the mean over the seeds must keep to; none for a figure that is only set beside the others */
  readonly bar?: { readonly atMost?: number; readonly atLeast?: number };
}

/** Whether a mean score keeps to the bar; one without a bar does. */
export function meetsBar({ bar = {} }: RecipeScore, mean: number): boolean {
  return mean <= (bar.atMost ?? Infinity) && mean >= (bar.atLeast ?? -Infinity);
}

/** `at most 117`, `from 0.75 to 0.85` */
export function describeBar({ bar, decimals }: RecipeScore): string {
  const { atMost, atLeast } = bar ?? {};
  if (atMost === undefined) return atLeast === undefined ? '' : `at least ${atLeast.toFixed(decimals)}`;
  return atLeast === undefined
    ? `at most ${atMost.toFixed(decimals)}`
    : `from ${atLeast.toFixed(decimals)} to ${atMost.toFixed(decimals)}`;
}
