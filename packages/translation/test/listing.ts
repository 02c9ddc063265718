import * as tf from '@tensorflow/tfjs-core';
import { networkTranslator } from '@unroll/translation';
import type { DecodingConfig, Hypothesis, TranslateOptions, Translation, TranslationModel } from '@unroll/translation';

/** All translations of one model, or of several together. */
export async function translate(
  models: TranslationModel | readonly TranslationModel[],
  texts: readonly string[],
  options: TranslateOptions = {},
): Promise<readonly Translation[]> {
  const translator = networkTranslator({ models: 'step' in models ? [models] : models });
  const translations: Translation[] = [];
  for await (const translation of translator.translate(texts, options)) translations.push(translation);
  return translations;
}

export const written = ({ tokens }: Pick<Hypothesis, 'tokens'>) => tokens.join('');

/** Of one sentence, after some ids: log-probabilities of the next token, and the attention of every step; as plain as can be. */
export function stepsOf(model: TranslationModel, text: string, ids: readonly number[]) {
  const { source, target } = model.facts;
  const sourceIds = Int32Array.from([
    ...Array.from(text, (token) => source.vocabulary.id(token)),
    source.vocabulary.endId!,
  ]);
  const attention: Float32Array[] = [];
  let logProbabilities = new Float32Array(0);
  tf.tidy(() => {
    const encoded = model.encode({
      timeSteps: sourceIds.length,
      batchSize: 1,
      ids: sourceIds,
      lengths: Int32Array.of(sourceIds.length),
    });
    let { initial: state } = encoded;
    for (const id of [target.vocabulary.startId!, ...ids]) {
      const output = model.step(encoded, Int32Array.of(id), state);
      ({ state } = output);
      if (output.attention) attention.push(output.attention.dataSync<'float32'>().slice());
      logProbabilities = output.logProbabilities.dataSync<'float32'>().slice();
    }
  });
  return { logProbabilities, attention };
}

export interface Listed {
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
  readonly logProbability: number;
  readonly finished: boolean;
  /** with `</s>` */
  readonly length: number;
  readonly attention: readonly Float32Array[];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** log of the mean of several models' probabilities. */
function nextTokens(models: readonly TranslationModel[], text: string, ids: readonly number[]) {
  const steps = models.map((model) => stepsOf(model, text, ids));
  const logProbabilities = steps[0]!.logProbabilities.map((_, id) =>
    Math.log(mean(steps.map((step) => Math.exp(step.logProbabilities[id]!)))),
  );
  return { logProbabilities, attention: steps[0]!.attention };
}

/** Every translation of at most `limit` tokens, `</s>` among them. @param isAllowed - of ids that go on */
export function listAll(
  models: readonly TranslationModel[],
  text: string,
  { limit, isAllowed = () => true }: { limit: number; isAllowed?: (ids: readonly number[]) => boolean },
): readonly Listed[] {
  const { vocabulary } = models[0]!.facts.target;
  const found: Listed[] = [];
  const visit = (ids: readonly number[], logProbability: number, attention: readonly Float32Array[]) => {
    const tokens = ids.map((id) => vocabulary.token(id));
    if (ids.length === limit) {
      found.push({ ids, tokens, logProbability, finished: false, length: limit, attention });
      return;
    }
    const next = nextTokens(models, text, ids);
    for (const [id, score] of next.logProbabilities.entries()) {
      const sum = logProbability + score;
      if (!isAllowed([...ids, id])) continue;
      if (id === vocabulary.endId) {
        const length = ids.length + 1;
        found.push({ ids, tokens, logProbability: sum, finished: true, length, attention: next.attention });
      } else if (id !== vocabulary.paddingId && id !== vocabulary.startId) visit([...ids, id], sum, next.attention);
    }
  };
  visit([], 0, []);
  return found;
}

export function scoreOf(
  { logProbability, length, attention }: Pick<Listed, 'logProbability' | 'length' | 'attention'>,
  { lengthNormalization = 'average', lengthAlpha = 1, coveragePenalty = 0 }: Partial<DecodingConfig>,
): number {
  const divisors = { none: 1, average: length, wu: Math.pow((5 + length) / 6, lengthAlpha) };
  let score = logProbability / divisors[lengthNormalization];
  if (coveragePenalty === 0) return score;
  for (const i of attention[0]!.keys()) {
    const covered = attention.reduce((sum, row) => sum + row[i]!, 0);
    score += coveragePenalty * Math.log(Math.min(1, covered));
  }
  return score;
}

/** Those that ended by themselves first, then by score. */
export function sorted(listed: readonly Listed[], decoding: Partial<DecodingConfig>) {
  return listed
    .map((each) => ({ ...each, score: scoreOf(each, decoding) }))
    .sort((a, b) => Number(b.finished) - Number(a.finished) || b.score - a.score);
}

/** Beam search to the end, every step a sort of everything: what the real one must come to although it stops early. */
export function plainBeam(
  model: TranslationModel,
  text: string,
  { beam, limit }: { readonly beam: number; readonly limit: number },
): readonly Listed[] {
  const { vocabulary } = model.facts.target;
  const ended: Listed[] = [];
  let alive: { readonly ids: readonly number[]; readonly sum: number }[] = [{ ids: [], sum: 0 }];
  for (let length = 1; length <= limit && alive.length > 0; length++) {
    const all = alive.flatMap(({ ids, sum }) => {
      const { logProbabilities, attention } = stepsOf(model, text, ids);
      return Array.from(logProbabilities, (score, id) => ({ ids: [...ids, id], sum: sum + score, attention }));
    });
    const allowed = all.filter(({ ids }) => ![vocabulary.paddingId, vocabulary.startId].includes(ids.at(-1)));
    const best = allowed.sort((a, b) => b.sum - a.sum).slice(0, beam - ended.length);
    alive = best.filter(({ ids }) => ids.at(-1) !== vocabulary.endId && length < limit);
    for (const { ids, sum, attention } of best) {
      const finished = ids.at(-1) === vocabulary.endId;
      if (!finished && length < limit) continue;
      const own = finished ? ids.slice(0, -1) : ids;
      const tokens = own.map((id) => vocabulary.token(id));
      ended.push({ ids: own, tokens, logProbability: sum, finished, length, attention });
    }
  }
  return ended;
}
