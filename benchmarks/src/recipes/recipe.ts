/**
 * A published result and the command lines that reach it. A recipe is nothing but what a user would type, so a
 * reproduction proves the very path that users take.
 */
export interface Recipe {
  readonly name: string;
  /** the first columns of README's table of results */
  readonly task: string;
  readonly data: string;
  readonly model: string;
  /** folder of the app under `apps/` */
  readonly app: string;
  /** flags of the app's `train`, without seed, folder and threads */
  readonly train: readonly string[];
  /** flags of the app's `evaluate`, without model and threads */
  readonly evaluate: readonly string[];
  readonly score: {
    /** key of the JSON object that `evaluate --json` prints */
    readonly key: string;
    /** how people call it, with its split: `test perplexity` */
    readonly label: string;
    readonly better: 'lower' | 'higher';
    readonly decimals: number;
  };
  readonly published: { readonly score: number; readonly source: string };
  /** the mean score must not be worse */
  readonly bar: number;
  readonly seeds: readonly number[];
}

/** Whether a mean score meets the recipe's bar. */
export function meetsBar({ score, bar }: Recipe, mean: number): boolean {
  return score.better === 'lower' ? mean <= bar : mean >= bar;
}
