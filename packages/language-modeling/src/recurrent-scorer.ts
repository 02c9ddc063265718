import { logSoftmaxRows, type Stepper } from '@unroll/core';
import { boundaryId } from './decode.js';
import type { SavedLanguageModel } from './saved-model.js';
import type { UnitScorer } from './symbol-scorer.js';

/** What a model has read: computed when it is asked for, so that many hypotheses which nobody follows cost nothing. */
export interface RecurrentState {
  /** the state before `id` was read, `[layers, h and c of an LSTM else h, hiddenSize]`; absent at the beginning */
  readonly before?: Float32Array | undefined;
  /** the last unit */
  readonly id: number;
  computed?: ComputedState;
}

interface ComputedState {
  readonly after: Float32Array;
  /** `[vocabularySize]`, ln p of what comes next */
  readonly logProbabilities: Float32Array;
}

export interface RecurrentScorer extends UnitScorer<RecurrentState> {
  /** frees the prepared weights; the model stays */
  dispose(): void;
}

export interface RecurrentScorerOptions {
  /** for messages */
  readonly name?: string;
  /** states that are computed side by side; 16 unless set */
  readonly batchSize?: number;
}

/**
 * A recurrent language model for a search. A text follows the end of a line and is followed by one, where the model knows one. A unit that it does not
 * know, and has no `<unk>` for, is as likely as the least likely one and is not read. The caller disposes it.
 */
export function recurrentScorer(
  { model, vocabulary }: SavedLanguageModel,
  { name = 'recurrent language model', batchSize = 16 }: RecurrentScorerOptions = {},
): RecurrentScorer {
  const { unit, lowercase } = model.config.text;
  const { hiddenSize } = model.config.model;
  const boundary = boundaryId(vocabulary);
  const single = model.createStepper(1);
  let batch: Stepper | undefined;
  const prepare = (states: readonly RecurrentState[]) => {
    const waiting = [...new Set(states)].filter(({ computed }) => !computed);
    if (waiting.length === 1) return computeStates(single, hiddenSize, waiting);
    for (let from = 0; from < waiting.length; from += batchSize) {
      batch ??= model.createStepper(batchSize);
      computeStates(batch, hiddenSize, waiting.slice(from, from + batchSize));
    }
  };
  const computed = (state: RecurrentState) => {
    if (!state.computed) computeStates(single, hiddenSize, [state]);
    return state.computed!;
  };
  const idOf = (written: string) => {
    const token = lowercase ? written.toLowerCase() : written;
    return vocabulary.has(token) ? vocabulary.id(token) : vocabulary.unknownId;
  };
  return {
    name,
    unit: unit === 'word' ? 'word' : 'symbol',
    start: () => ({ id: boundary ?? 0 }),
    prepare,
    score: (state, units) => {
      const { after, logProbabilities } = computed(state);
      return units.map((written) => {
        const id = idOf(written);
        if (id === undefined) return { logProbability: lowest(logProbabilities), state };
        return { logProbability: logProbabilities[id]!, state: { before: after, id } };
      });
    },
    end: (state) => (boundary === undefined ? 0 : computed(state).logProbabilities[boundary]!),
    dispose: () => {
      single.dispose();
      batch?.dispose();
    },
  };
}

/** @param states - as many as the stepper has rows, or fewer */
function computeStates(stepper: Stepper, hiddenSize: number, states: readonly RecurrentState[]): void {
  const ids = new Int32Array(stepper.batchSize);
  states.forEach(({ id }, row) => (ids[row] = id));
  stepper.reset();
  const whole = stepper.saveState();
  const width = stepper.batchSize * hiddenSize;
  const blocks = Array.from({ length: whole.length / width }, (_, block) => block);
  states.forEach(({ before }, row) => {
    if (!before) return;
    for (const block of blocks) {
      const own = before.subarray(block * hiddenSize, (block + 1) * hiddenSize);
      whole.set(own, block * width + row * hiddenSize);
    }
  });
  stepper.restoreState(whole);
  const logits = stepper.step(ids);
  const after = stepper.saveState();
  states.forEach((state, row) => {
    const own = new Float32Array(blocks.length * hiddenSize);
    for (const block of blocks) {
      const begin = block * width + row * hiddenSize;
      own.set(after.subarray(begin, begin + hiddenSize), block * hiddenSize);
    }
    const scores = logits.subarray(row * stepper.outputSize, (row + 1) * stepper.outputSize);
    state.computed = { after: own, logProbabilities: logSoftmaxRows(scores, scores.length) };
  });
}

function lowest(values: Float32Array): number {
  return values.reduce((least, value) => Math.min(least, value), Infinity);
}
