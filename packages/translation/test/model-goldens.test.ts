import { readFileSync } from 'node:fs';
import { expectClose } from '@unroll/core/testing';
import { translationLoss, type TranslationConfigInput } from '@unroll/translation';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { toyBatch, toyExamples, toyModel } from './models.js';

interface Golden {
  readonly name: string;
  readonly model: {
    readonly encoderCell: 'gru' | 'lstm';
    readonly bidirectional: boolean;
    readonly decoderCell: 'gru' | 'lstm';
    readonly layers: number;
    readonly attends: 'before' | 'between' | 'after';
    readonly inputFeeding: boolean;
    readonly kind: 'additive' | 'dot' | 'general' | 'concat';
    readonly window: number;
    readonly coverage: number;
    readonly bridge: 'zero' | 'last' | 'dense' | 'mean';
    readonly copy: boolean;
    readonly tied: boolean;
    readonly layerNorm: boolean;
    readonly deepOutput: boolean;
    readonly labelSmoothing: number;
  };
  readonly losses: readonly (readonly number[])[];
  readonly total: number;
  readonly gradients: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly values: readonly number[] }>
  >;
}

const file = new URL('golden/model.json', import.meta.url);
const { models } = JSON.parse(readFileSync(file, 'utf8')) as { readonly models: readonly Golden[] };

function inputOf({ model }: Golden): TranslationConfigInput {
  const { copy, bridge, layerNorm, deepOutput, labelSmoothing } = model;
  return {
    labelSmoothing,
    model: {
      encoder: { cell: model.encoderCell, bidirectional: model.bidirectional },
      decoder: {
        cell: model.decoderCell,
        layers: model.layers,
        attends: model.attends,
        inputFeeding: model.inputFeeding,
      },
      attention: {
        kind: model.kind,
        coverage: { enabled: model.coverage > 0, lossWeight: model.coverage },
        ...(model.window > 0 && { range: 'predicted', window: model.window }),
      },
      tiedEmbeddings: model.tied ? 'target' : 'none',
      bridge,
      copy,
      layerNorm,
      deepOutput,
    },
  };
}

/** A model with the weights of the script that made the values. */
function modelOf(golden: Golden) {
  const model = toyModel(inputOf(golden));
  const names = Object.keys(golden.gradients);
  expect(names.toSorted()).toEqual(Object.keys(model.parameters).toSorted());
  names.forEach((name, k) => {
    const variable = model.parameters[name]!;
    expect(variable.shape).toEqual(golden.gradients[name]!.shape);
    const value = (i: number) => 0.6 * Math.sin(0.37 * (i + 1) * (k + 2) + 0.013 * i * i);
    const values = Float32Array.from({ length: variable.size }, (_, i) => value(i));
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  });
  return model;
}

test.each(models)('$name: the losses and gradients of the equations', (golden) => {
  const model = modelOf(golden);
  const batch = toyBatch(golden.model.copy);
  const { source, target, batchSize } = batch;
  tf.tidy(() => {
    const encoded = model.encode(source);
    const { losses } = model.crossEntropy(encoded, model.decode(encoded, target), target);
    const values = losses.dataSync();
    toyExamples.forEach((_, row) => {
      const expected = golden.losses[row]!;
      const own = expected.map((_, t) => values[t * batchSize + row]!);
      const shape = [own.length];
      expectClose({ shape, values: own }, { shape, values: expected }, { rtol: 1e-5, atol: 1e-6 });
    });
    const { value, grads } = tf.variableGrads(
      () => translationLoss(model, batch, { training: true }).sum,
      Object.values(model.parameters),
    );
    expectClose(value, { shape: [], values: [golden.total] }, { rtol: 1e-5, atol: 1e-6 });
    for (const [name, gradient] of Object.entries(golden.gradients)) {
      expectClose(grads[model.parameters[name]!.name]!, gradient, { rtol: 1e-4, atol: 1e-5, name });
    }
  });
  model.dispose();
});
