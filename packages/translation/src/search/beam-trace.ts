import type { NetworkTranslatorOptions } from '../decode.js';
import { createSegmenters } from '../tokenization/create-segmenter.js';
import type { TranslateOptions, Translation } from '../types.js';
import { checkAgreement } from './agreement.js';
import type { Node } from './hypotheses.js';
import { normalizedScore } from './scores.js';
import { searchOptions } from './search-options.js';
import { translateGroup } from './translate-group.js';

/** A token that a beam search looked at, in the tree of all that it looked at. */
export interface BeamNode {
  /** its place in `BeamTrace.nodes` */
  readonly id: number;
  /** of the node that it continues; absent for the first token */
  readonly parent?: number;
  /** from 1 */
  readonly step: number;
  readonly token: string;
  /** of this token, in nats */
  readonly tokenLogProbability: number;
  /** of all tokens up to this one */
  readonly logProbability: number;
  /** with normalisation of length; the penalty of coverage is known in the end alone, in `translation` */
  readonly score: number;
  /** pruned: one of the next best, which found no place; cut: ended by the limit of length */
  readonly fate: 'kept' | 'finished' | 'cut' | 'pruned';
}

export interface BeamTrace {
  readonly translation: Translation;
  /** by step and, within a step, by falling log p; of a step as many pruned ones as the beam has places */
  readonly nodes: readonly BeamNode[];
}

/**
 * The beam search of one sentence with all that it looked at, as plain data, for a view of the tree.
 *
 * @throws {ConfigError} as `networkTranslator`
 */
export async function traceBeam(
  { models, segmenters }: Pick<NetworkTranslatorOptions, 'models' | 'segmenters'>,
  text: string,
  options: Omit<TranslateOptions, 'sampling' | 'streaming'> = {},
): Promise<BeamTrace> {
  checkAgreement(models);
  const { facts, config } = models[0]!;
  const search = searchOptions(models, options);
  const places = new Map<Node, number>();
  const nodes: BeamNode[] = [];
  const [translation] = await translateGroup([text], {
    models,
    segmenters: segmenters ?? (await createSegmenters(facts, config.tokenization)),
    options,
    search,
    first: 0,
    observe(expanded, tokenOf) {
      for (const { node, fate } of expanded) {
        const { length, logProbability, tokenLogProbability } = node;
        const parent = places.get(node.parent!);
        const id = nodes.length;
        places.set(node, id);
        nodes.push({
          id,
          ...(parent !== undefined && { parent }),
          step: length,
          token: tokenOf(node),
          tokenLogProbability,
          logProbability,
          score: normalizedScore(logProbability, length, search),
          fate,
        });
      }
    },
  });
  return { translation: translation!, nodes };
}
