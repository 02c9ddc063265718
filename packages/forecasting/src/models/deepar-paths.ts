import { createStepper, deriveKey, type RandomKey, type Stepper } from '@unroll/core';
import { Draws } from '../likelihoods/draws.js';
import type { RawOutputs } from '../likelihoods/likelihood.js';
import type { WindowBatch } from '../types.js';
import type { DeepArParts, RollingState } from './deepar.js';
import { assembleInputs } from './parts.js';

export interface DrawPathsOptions {
  readonly key: RandomKey;
  readonly paths: number;
  /** before the first step of the horizon */
  readonly state: RollingState;
}

/**
 * Rows that are stepped at once. A stepper takes 1.4 µs a row of three layers of 40 units on 2 cores at this size, as
 * much with four times as many; `Stack.applyTimeMajor` by single steps takes 2.6 µs to 5 µs.
 */
const rowsAtOnce = 1600;

/**
 * Ancestral sampling: every path reads its own value of the step before, and draws the next one.
 *
 * A window's numbers come from its series and origin, so they do not depend on what else is in the batch.
 *
 * @returns `[batch, channels, path, horizon]`, scaled
 */
export function drawPaths(parts: DeepArParts, batch: WindowBatch, options: DrawPathsOptions): Float32Array {
  const { paths } = options;
  const rows = batch.batchSize * batch.channels;
  const samples = new Float32Array(rows * paths * batch.horizon);
  const inputs = horizonInputs(parts, batch);
  const groupRows = Math.min(rows, Math.max(1, Math.floor(rowsAtOnce / paths)));
  let stepper: Stepper | undefined;
  try {
    for (let first = 0; first < rows; first += groupRows) {
      const count = Math.min(groupRows, rows - first);
      if (stepper?.batchSize !== count * paths) {
        stepper?.dispose();
        stepper = createStepper(parts.stack, { batchSize: count * paths, head: parts.head });
      }
      drawGroup(parts, batch, { ...options, stepper, inputs, first, count, samples });
    }
  } finally {
    stepper?.dispose();
  }
  return samples;
}

interface Group extends DrawPathsOptions {
  readonly stepper: Stepper;
  /** `[horizon, rows, inputSize]`: what a step reads besides values that are drawn */
  readonly inputs: Float32Array;
  readonly first: number;
  readonly count: number;
  readonly samples: Float32Array;
}

function drawGroup({ likelihood, layout, stack }: DeepArParts, batch: WindowBatch, group: Group): void {
  const { stepper, inputs, first, count, samples, paths } = group;
  const { horizon } = batch;
  const rows = batch.batchSize * batch.channels;
  const width = stack.inputSize;
  const draws = Array.from({ length: count }, (_, i) => new Draws(rowKey(batch, first + i, group.key)));
  const own = new Float32Array(count * paths * width);
  const raw: RawOutputs = { values: own, at: 0, scale: 1 };
  stepper.restoreState(repeatState(group, rows));
  for (let step = 0; step < horizon; step++) {
    for (let i = 0; i < count; i++) {
      const shared = inputs.subarray((step * rows + first + i) * width, (step * rows + first + i + 1) * width);
      for (let path = 0; path < paths; path++) {
        const at = (i * paths + path) * width;
        own.set(shared, at);
        const drawn = ((first + i) * paths + path) * horizon + step;
        for (let k = 0; k < layout.offsets.length && layout.offsets[k]! <= step; k++) {
          own[at + k] = samples[drawn - layout.offsets[k]!]!;
        }
      }
    }
    raw.values = stepper.step(own);
    for (let i = 0; i < count; i++) {
      raw.scale = scaleOf(batch, first + i);
      for (let path = 0; path < paths; path++) {
        raw.at = (i * paths + path) * likelihood.outputs;
        samples[((first + i) * paths + path) * horizon + step] = likelihood.sample(raw, draws[i]!);
      }
    }
  }
}

/** What is known of the horizon's steps; each value that will be drawn counts as a real one. */
function horizonInputs({ layout, embedding, stack }: DeepArParts, batch: WindowBatch): Float32Array {
  const { horizon, contextLength } = batch;
  const rows = batch.batchSize * batch.channels;
  const plain = assembleInputs(batch, layout, { from: contextLength, steps: horizon });
  const observed = layout.offsets.length;
  for (let step = layout.offsets[0]!; step < horizon; step++) {
    for (let row = 0; row < rows; row++) plain[(step * rows + row) * layout.width + observed] = 1;
  }
  if (!embedding) return plain;
  const vectors = embedding.apply(batch);
  const embedded = vectors.dataSync<'float32'>();
  vectors.dispose();
  const extra = stack.inputSize - layout.width;
  const inputs = new Float32Array(horizon * rows * stack.inputSize);
  for (let i = 0; i < horizon * rows; i++) {
    inputs.set(plain.subarray(i * layout.width, (i + 1) * layout.width), i * stack.inputSize);
    const row = i % rows;
    inputs.set(embedded.subarray(row * extra, (row + 1) * extra), i * stack.inputSize + layout.width);
  }
  return inputs;
}

/** The state of each row of a group, once for each of its paths, in the order of a stepper's layers. */
function repeatState({ state, first, count, paths, stepper }: Group, rows: number): Float32Array {
  const blocks = Object.values(state);
  const repeated = new Float32Array(blocks.reduce((sum, values) => sum + values.length / rows, 0) * stepper.batchSize);
  let at = 0;
  for (const values of blocks) {
    const width = values.length / rows;
    for (let i = 0; i < count; i++) {
      const row = values.subarray((first + i) * width, (first + i + 1) * width);
      for (let path = 0; path < paths; path++, at += width) repeated.set(row, at);
    }
  }
  return repeated;
}

function rowKey({ series, origin, channels }: WindowBatch, row: number, key: RandomKey): RandomKey {
  const window = Math.floor(row / channels);
  // Series that were not there in training have no number of their own.
  const place = series[window]! < 0 ? deriveKey(key, 'new', window) : deriveKey(key, series[window]!);
  return deriveKey(place, origin[window]!, row % channels);
}

function scaleOf({ scalings, channels }: WindowBatch, row: number): number {
  return scalings[Math.floor(row / channels)]![row % channels]!.scale;
}
