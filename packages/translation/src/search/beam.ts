import { bestContinuations } from './continuations.js';
import { rank, type Alive, type Ended } from './hypotheses.js';
import { bestPossibleScore } from './scores.js';
import {
  allowedContinuations,
  end,
  extend,
  keptAttention,
  startOf,
  type SearchedSentence,
  type SearchSetting,
  type SentenceSearch,
  type SentenceStep,
} from './sentence-search.js';

/** A token that a step of the search looked at. */
export interface ExpandedToken {
  readonly parent: number;
  readonly id: number;
  readonly logProbability: number;
}

/**
 * Beam search: of all continuations of the hypotheses by one token, as many of the most probable are kept as there are
 * places. One that ends by `</s>` keeps its place to the end, so that `beam` hypotheses come out, and a beam of 1 is greedy
 * search. It is over as soon as no hypothesis that is alive can get among the best n any more.
 *
 * While they grow hypotheses of one length are compared, by log p; normalisation and penalties order those that ended.
 */
export function beamSearch(setting: SearchSetting, sentence: SearchedSentence): SentenceSearch {
  const { options, endId } = setting;
  let alive: readonly Alive[] = [startOf(setting)];
  const ended: Ended[] = [];

  function candidates(step: SentenceStep) {
    const forced = sentence.prefix[alive[0]!.node.length];
    if (forced !== undefined) return [{ row: 0, id: forced, logProbability: step.logProbabilities(0)[forced]! }];
    const rows = alive.map(({ node }, hypothesis) => ({
      scores: allowedContinuations(step.logProbabilities(hypothesis), node, { setting, sentence }),
      base: node.logProbability,
    }));
    return bestContinuations(rows, options.beam - ended.length);
  }

  function isDecided(next: readonly Alive[]): boolean {
    const worst = rank(ended)[options.nBest - 1];
    if (!worst) return false;
    const best = Math.max(...next.map(({ node }) => bestPossibleScore(node.logProbability, sentence.limit, options)));
    return worst.score >= best;
  }

  return {
    get alive() {
      return alive;
    },
    get results() {
      return rank(ended).slice(0, options.nBest);
    },
    expand(step) {
      const next: Alive[] = [];
      for (const { row, ...token } of candidates(step)) {
        const node = extend(alive[row]!.node, token, keptAttention(step, row, { setting, sentence }));
        if (token.id === endId) ended.push(end(node, true, options));
        else next.push({ node, parent: row });
      }
      // Nothing can follow where every token is blocked or impossible: what is there is all there will be.
      const isStuck = next.length === 0 && ended.length === 0;
      const isCut = next[0]?.node.length === sentence.limit;
      if (isStuck || isCut) ended.push(...(isStuck ? alive : next).map(({ node }) => end(node, false, options)));
      alive = isCut || isStuck || isDecided(next) ? [] : next;
    },
  };
}
