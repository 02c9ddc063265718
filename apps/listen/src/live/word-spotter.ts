import type { Ranked } from '../result-lines.js';

export interface WordSpotterOptions {
  /** mean probabilities below it tell nothing; 0.5 unless set */
  readonly threshold?: number | undefined;
  /** probabilities that are averaged */
  readonly smoothing?: number | undefined;
  /** after a word it is not told again for so long */
  readonly pauseSeconds?: number | undefined;
}

/** Classes that say that nothing was said. */
const nothing = /^[_<]|^(silence|unknown|noise|background|other)/i;

/**
 * From probabilities of windows that overlap to words: the mean of the last ones, once it rises above a threshold.
 *
 * @see Chen, Parada & Heigold 2014, "Small-footprint keyword spotting using deep neural networks", section 2.3
 */
export class WordSpotter {
  readonly #options: Required<{ [Name in keyof WordSpotterOptions]: number }>;
  #windows: ReadonlyMap<string, number>[] = [];
  #told: { readonly name: string; readonly seconds: number } | undefined;

  constructor({ threshold = 0.5, smoothing = 3, pauseSeconds = 1 }: WordSpotterOptions = {}) {
    this.#options = { threshold, smoothing, pauseSeconds };
  }

  /**
   * @param seconds - where the window ends
   * @param ranked - all classes with their probabilities
   * @returns the word that was heard now, with its mean probability
   */
  push(seconds: number, ranked: readonly Ranked[]): Ranked | undefined {
    const { threshold, smoothing, pauseSeconds } = this.#options;
    this.#windows = [...this.#windows, new Map(ranked.map(({ name, value }) => [name, value]))].slice(-smoothing);
    const means = ranked.map(({ name }) => {
      const sum = this.#windows.reduce((total, window) => total + (window.get(name) ?? 0), 0);
      return { name, value: sum / smoothing };
    });
    const best = means.reduce((a, b) => (b.value > a.value ? b : a));
    if (best.value < threshold || nothing.test(best.name)) return undefined;
    const told = this.#told;
    const again = told?.name === best.name && seconds - told.seconds < pauseSeconds;
    // while it goes on to be heard it is one word
    this.#told = { name: best.name, seconds };
    return again ? undefined : best;
  }
}
