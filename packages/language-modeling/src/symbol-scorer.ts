/**
 * What a search asks a language model: probabilities of what may come next, from states that are values, so that hypotheses can share
 * them. Whoever searches has an interface of this form.
 */
export interface UnitScorer<State> {
  readonly name: string;
  /** whether units are words, or symbols that make words: characters */
  readonly unit: 'word' | 'symbol';
  /** at the beginning of a text */
  start(): State;
  /** computes at once what `score` will be asked of these states */
  prepare?(states: readonly State[]): void;
  /** ln p(unit | state) of each unit, and the state after it */
  score(state: State, units: readonly string[]): readonly { readonly logProbability: number; readonly state: State }[];
  /** ln p(end of the text | state) */
  end(state: State): number;
}
