import { deriveKey, drawFrom, samplingDistribution, uniform, type RandomKey, type SamplingOptions } from '@unroll/core';
import { rank, type Ended, type Node } from './hypotheses.js';
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

/** How tokens are drawn. */
export interface Draws extends SamplingOptions {
  /** of one sentence */
  readonly key: RandomKey;
}

interface Sample {
  readonly number: number;
  readonly node: Node;
  readonly parent: number;
}

/** Draws `nBest` translations, each by itself: the same key draws the same, whatever else is in the batch. */
export function sampleSearch(setting: SearchSetting, sentence: SearchedSentence, draws: Draws): SentenceSearch {
  const { options, endId } = setting;
  const { key, ...sampling } = draws;
  const start = startOf(setting);
  let alive: readonly Sample[] = [{ number: 0, ...start }];
  const ended: Ended[] = [];

  /** Absent where every token is blocked or impossible. */
  function draw(scores: Float32Array, { number, node }: Sample): number | undefined {
    const forced = sentence.prefix[node.length];
    if (forced !== undefined) return forced;
    const allowed = scores.slice(0, sentence.tokenCount);
    for (const id of forbiddenTokens(node, setting)) allowed[id] = -Infinity;
    if (allowed.every((each) => each === -Infinity)) return undefined;
    const u = uniform(deriveKey(key, number, node.length), 1)[0]!;
    return drawFrom(samplingDistribution(allowed, sampling), u);
  }

  function continueSample(sample: Sample, row: number, step: SentenceStep): Sample | undefined {
    const scores = step.all(row);
    const id = draw(scores, sample);
    if (id === undefined) {
      ended.push(end(sample.node, false, options));
      return undefined;
    }
    const attention = keptAttention(step, row, { setting, sentence });
    const node = extend(sample.node, { id, logProbability: scores[id]! }, attention);
    const isCut = node.length === sentence.limit;
    if (id === endId || isCut) ended.push(end(node, id === endId, options));
    return id === endId || isCut ? undefined : { number: sample.number, node, parent: row };
  }

  return {
    wanted: 0,
    get alive() {
      return alive;
    },
    get results() {
      return rank(ended);
    },
    expand(step) {
      // Before the first step there is one row, which all samples share.
      const isFirst = alive[0]!.node === start.node;
      const samples = isFirst ? Array.from({ length: options.nBest }, (_, number) => ({ ...start, number })) : alive;
      alive = samples.flatMap((sample, row) => continueSample(sample, isFirst ? 0 : row, step) ?? []);
    },
  };
}
