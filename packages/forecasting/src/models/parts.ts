import { createCell, deriveKey, Embedding, Stack, type CellName, type RandomKey } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { PanelFacts, WindowBatch } from '../types.js';
import { columnsWidth } from '../windows/encode-columns.js';
import { knownWidthOf } from '../windows/prepare-series.js';

export interface StackConfig {
  readonly cell: CellName;
  readonly layers?: number;
  readonly hiddenSize: number;
}

/** One-directional layers of a model's cell. */
export function createStack(
  { cell, layers = 1, hiddenSize }: StackConfig,
  { inputSize, key }: { readonly inputSize: number; readonly key: RandomKey },
): Stack {
  return new Stack({
    inputSize,
    hiddenSize,
    layers,
    key,
    createCell: (options) => createCell(cell, options),
  });
}

/** What a network reads at one step of one channel; see `assembleInputs`. */
export interface InputLayout {
  /** steps back from the present step of the targets that are read: 0 is the step's own, which no forecast may read */
  readonly offsets: readonly number[];
  /** numbers a step */
  readonly width: number;
  readonly past: boolean;
  /** where more than one: which channel it is, as one-hot */
  readonly channels: number;
  /** of ln(scale) over the training series; a deviation of 0 leaves the input out */
  readonly logScale: { readonly mean: number; readonly deviation: number };
}

/** @param past - past covariates are read too */
export function createInputLayout(
  facts: PanelFacts,
  { offsets, past }: { readonly offsets: readonly number[]; readonly past: boolean },
): InputLayout {
  const logScale = logScaleOf(facts);
  const channels = facts.targetNames.length;
  const distinct = [...new Set(offsets)].sort((a, b) => a - b);
  const width =
    distinct.length +
    1 +
    knownWidthOf(facts) +
    (past ? columnsWidth(facts.past) : 0) +
    columnsWidth(facts.static) +
    (channels > 1 ? channels : 0) +
    (logScale.deviation > 0 ? 1 : 0);
  return { offsets: distinct, width, past, channels, logScale };
}

function logScaleOf({ scalings }: PanelFacts): InputLayout['logScale'] {
  const logs = scalings.flat().map(({ scale }) => Math.log(scale));
  const mean = logs.reduce((sum, value) => sum + value, 0) / Math.max(1, logs.length);
  const variance = logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, logs.length);
  return { mean, deviation: variance > 1e-12 ? Math.sqrt(variance) : 0 };
}

/**
 * What a network reads at steps `from` … `from + steps − 1` of each window (0 = the first of the context), every channel
 * a row of its own (row = window · channels + channel):
 *
 *   targets at `offsets` back · is the newest of them a real value · calendar and known covariates · past covariates ·
 *   static covariates · channel · how large the series is, as standardised ln(scale)
 *
 * What lies before the window is 0.
 *
 * @returns `[steps, batch·channels, layout.width]`
 */
export function assembleInputs(
  batch: WindowBatch,
  layout: InputLayout,
  { from, steps }: { readonly from: number; readonly steps: number },
): Float32Array {
  const { width, offsets } = layout;
  const { batchSize, channels } = batch;
  const rows = batchSize * channels;
  const inputs = new Float32Array(steps * rows * width);
  const length = batch.lagLength + batch.contextLength + batch.horizon;
  for (let row = 0; row < rows; row++) {
    const fixed = fixedInputs(batch, layout, row);
    for (let s = 0; s < steps; s++) {
      const present = batch.lagLength + from + s;
      let at = (s * rows + row) * width;
      for (const offset of offsets) {
        const place = present - offset;
        inputs[at++] = place < 0 ? 0 : batch.targets[row * length + place]!;
      }
      const newest = present - offsets[0]!;
      inputs[at++] = newest < 0 ? 0 : batch.observed[row * length + newest]!;
      at = copyCovariates(batch, { inputs, at, window: Math.floor(row / channels), step: from + s, past: layout.past });
      inputs.set(fixed, at);
    }
  }
  return inputs;
}

interface CovariatePlace {
  readonly inputs: Float32Array;
  readonly at: number;
  readonly window: number;
  /** from the beginning of the context */
  readonly step: number;
  readonly past: boolean;
}

/** @returns the place after the last number written */
function copyCovariates(batch: WindowBatch, { inputs, at, window, step, past }: CovariatePlace): number {
  const { known, knownWidth, past: past_, pastWidth, contextLength, horizon } = batch;
  const knownFrom = (window * (contextLength + horizon) + step) * knownWidth;
  for (let k = 0; k < knownWidth; k++) inputs[at + k] = known[knownFrom + k]!;
  if (!past) return at + knownWidth;
  const pastFrom = (window * contextLength + step) * pastWidth;
  for (let k = 0; k < pastWidth; k++) inputs[at + knownWidth + k] = past_[pastFrom + k]!;
  return at + knownWidth + pastWidth;
}

/** What is the same at every step of a row. */
function fixedInputs(batch: WindowBatch, { channels, logScale }: InputLayout, row: number): Float32Array {
  const window = Math.floor(row / channels);
  const channel = row % channels;
  const values = [...batch.static.subarray(window * batch.staticWidth, (window + 1) * batch.staticWidth)];
  if (channels > 1) for (let c = 0; c < channels; c++) values.push(c === channel ? 1 : 0);
  if (logScale.deviation > 0) {
    values.push((Math.log(batch.scalings[window]![channel]!.scale) - logScale.mean) / logScale.deviation);
  }
  return Float32Array.from(values);
}

/** A vector for each series of the training panel, and zeros for one that was not there. */
export interface SeriesEmbedding {
  readonly embedding: Embedding;
  /** @returns `[batch·channels, embeddingSize]` */
  apply(batch: WindowBatch): tf.Tensor2D;
}

/** Undefined for size 0. */
export function createSeriesEmbedding(
  facts: PanelFacts,
  { size, key }: { readonly size: number; readonly key: RandomKey },
): SeriesEmbedding | undefined {
  if (size === 0) return undefined;
  const embedding = new Embedding({
    vocabularySize: facts.seriesIds.length,
    embeddingSize: size,
    key: deriveKey(key, 'series'),
  });
  return {
    embedding,
    apply: (batch) =>
      tf.tidy(() => {
        const { channels, series } = batch;
        const rows = Int32Array.from(
          { length: series.length * channels },
          (_, row) => series[Math.floor(row / channels)]!,
        );
        const vectors = embedding.apply(
          tf.tensor1d(
            rows.map((id) => Math.max(0, id)),
            'int32',
          ),
        ) as tf.Tensor2D;
        if (!rows.includes(-1)) return vectors;
        const there = Float32Array.from(rows, (id) => (id < 0 ? 0 : 1));
        return tf.mul(vectors, tf.tensor2d(there, [rows.length, 1]));
      }),
  };
}

/** Inputs of `assembleInputs` as a tensor, with each row's embedding after them. @returns `[steps, rows, width]` */
export function inputTensor(
  inputs: Float32Array,
  {
    rows,
    width,
    embedded,
  }: { readonly rows: number; readonly width: number; readonly embedded: tf.Tensor2D | undefined },
): tf.Tensor3D {
  const steps = inputs.length / (rows * width);
  const tensor = tf.tensor3d(inputs, [steps, rows, width]);
  if (!embedded) return tensor;
  return tf.tidy(() => tf.concat<tf.Tensor3D>([tensor, tf.tile(tf.expandDims(embedded, 0), [steps, 1, 1])], 2));
}

/** The last `horizon` steps of `targets` or `observed`. @returns `[batch, channels, horizon]` */
export function horizonOf(batch: WindowBatch, name: 'targets' | 'observed'): Float32Array {
  return stepsOf(batch, name, { from: batch.contextLength, steps: batch.horizon });
}

/** Steps of `targets` or `observed`, counted from the first of the context. @returns `[batch, channels, steps]` */
export function stepsOf(
  { lagLength, contextLength, horizon, batchSize, channels, ...batch }: WindowBatch,
  name: 'targets' | 'observed',
  { from, steps }: { readonly from: number; readonly steps: number },
): Float32Array {
  const length = lagLength + contextLength + horizon;
  const values = new Float32Array(batchSize * channels * steps);
  for (let row = 0; row < batchSize * channels; row++) {
    const begin = row * length + lagLength + from;
    values.set(batch[name].subarray(begin, begin + steps), row * steps);
  }
  return values;
}
