import { ctcAlign, type Vocabulary } from '@unroll/core';
import type { SymbolTime } from './types.js';

export interface SymbolTimesOptions {
  /** `[step · symbols]`, natural logarithms: `Recognition.posteriors` */
  readonly logProbabilities: ArrayLike<number>;
  /** ids of `symbols`, without blanks */
  readonly ids: ArrayLike<number>;
  readonly symbols: Vocabulary;
  readonly stepSeconds: number;
}

/**
 * When each symbol of a transcript was said, by its most probable alignment. A network trained with CTC says a symbol in few steps, mostly
 * late within its sound: the middle is more to be relied on than beginning and end.
 *
 * @returns one for each id, in order; empty where there are too few steps for the transcript
 */
export function symbolTimes({ logProbabilities, ids, symbols, stepSeconds }: SymbolTimesOptions): SymbolTime[] {
  const { path, logProbability } = ctcAlign({ logProbabilities, symbols: symbols.size, labels: ids });
  if (logProbability === -Infinity) return [];
  const times: SymbolTime[] = [];
  for (let from = 0, to: number; from < path.length; from = to) {
    const id = path[from]!;
    for (to = from; path[to] === id; to++);
    if (id === 0) continue;
    let probability = 0;
    for (let t = from; t < to; t++) probability += Math.exp(logProbabilities[t * symbols.size + id]!) / (to - from);
    times.push({ symbol: symbols.token(id), start: from * stepSeconds, end: to * stepSeconds, probability });
  }
  return times;
}
