import { bestContinuations } from './continuations.js';
import { rank, type Alive, type Ended, type Node } from './hypotheses.js';
import { bestPossibleScore } from './scores.js';
import {
  end,
  extend,
  forbiddenTokens,
  keptAttention,
  startOf,
  type SearchedSentence,
  type SearchSetting,
  type SentenceSearch,
  type SentenceStep,
} from './sentence-search.js';

/** What became of a hypothesis that a step looked at. */
export interface ExpandedNode {
  readonly node: Node;
  /** pruned: one of the next best, which found no place; cut: ended by the limit of length */
  readonly fate: 'kept' | 'finished' | 'cut' | 'pruned';
}

/**
 * Beam search: of all continuations of the hypotheses by one token, as many of the most probable are kept as there are
 * places. One that ends by `</s>` keeps its place to the end, so that `beam` hypotheses come out, and a beam of 1 is greedy
 * search. It is over as soon as no hypothesis that is alive can get among the best n any more.
 *
 * While they grow hypotheses of one length are compared, by log p; normalisation and penalties order those that ended.
 *
 * @param observe - is told of every step: what it kept, and as many of the next best as the beam has places
 */
export function beamSearch(
  setting: SearchSetting,
  sentence: SearchedSentence,
  observe?: (expanded: readonly ExpandedNode[]) => void,
): SentenceSearch {
  const { options, endId } = setting;
  let alive: readonly Alive[] = [startOf(setting)];
  const ended: Ended[] = [];

  /** Those that are kept, and as many of the next best as are observed. */
  const looked = () => options.beam - ended.length + (observe ? options.beam : 0);

  function candidates(step: SentenceStep) {
    const forced = sentence.prefix[alive[0]!.node.length];
    if (forced !== undefined) return [{ row: 0, id: forced, logProbability: step.all(0)[forced]! }];
    const rows = alive.map(({ node }, hypothesis) => ({
      ...step.best(hypothesis),
      base: node.logProbability,
      forbidden: forbiddenTokens(node, setting),
    }));
    return bestContinuations(rows, looked());
  }

  function isCut({ length }: Node): boolean {
    return length === sentence.limit;
  }

  function fateOf(node: Node, isPruned: boolean): ExpandedNode['fate'] {
    if (isPruned) return 'pruned';
    if (node.id === endId) return 'finished';
    return isCut(node) ? 'cut' : 'kept';
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
    get wanted() {
      return looked() + Math.max(...alive.map(({ node }) => forbiddenTokens(node, setting).size));
    },
    get results() {
      return rank(ended).slice(0, options.nBest);
    },
    expand(step) {
      const places = options.beam - ended.length;
      const expanded = candidates(step).map(({ row, ...token }, rank) => {
        const node = extend(alive[row]!.node, token, keptAttention(step, row, { setting, sentence }));
        return { node, parent: row, fate: fateOf(node, rank >= places) };
      });
      observe?.(expanded);
      // Nothing can follow where every token is blocked or impossible: what is there is all there will be.
      const isStuck = expanded.length === 0 && ended.length === 0;
      if (isStuck) ended.push(...alive.map(({ node }) => end(node, false, options)));
      for (const { node, fate } of expanded) {
        if (fate === 'finished' || fate === 'cut') ended.push(end(node, fate === 'finished', options));
      }
      const next = expanded.filter(({ fate }) => fate === 'kept');
      alive = isDecided(next) ? [] : next;
    },
  };
}
