import * as tf from '@tensorflow/tfjs-core';
import type { Cell, CellState } from '../cells/cell.js';
import { ConfigError, ShapeError } from '../errors.js';
import { dropoutMask } from '../ops/dropout-mask.js';
import { swapBatchAndTime } from '../sequences/time-major.js';
import { prefixParameters, type Parameters } from '../tensors/parameters.js';
import { deriveKey, type RandomKey } from '../tensors/random.js';
import { tidy } from '../tensors/tidy.js';
import { bidirectional } from './bidirectional.js';
import { dropout, lockedDropout } from './dropout.js';
import type { LayerState, StackState } from './stack-state.js';
import { unroll } from './unroll.js';

export interface StackOptions {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  /** each layer also walks backward, and the next one sees both directions side by side */
  readonly bidirectional?: boolean | undefined;
  readonly key: RandomKey;
  /** one cell of the stack: `(options) => new LstmCell({ ...options, forgetBias: 0 })` */
  readonly createCell: (options: { inputSize: number; hiddenSize: number; key: RandomKey }) => Cell;
}

/** Dropout inside a stack. Its input and output are the caller's: see `dropout`. */
export interface StackDropout {
  /** of this batch; every mask has a key of its own derived from it */
  readonly key: RandomKey;
  /** between layers; 0 unless set */
  readonly betweenLayers?: number | undefined;
  /** one mask for all time steps between layers (Gal & Ghahramani 2016), instead of one a step */
  readonly locked?: boolean | undefined;
  /** on h inside the recurrent product, one mask for all time steps; 0 unless set */
  readonly recurrent?: number | undefined;
  /** time steps that came before in the sequence that the input is a piece of; 0 unless set */
  readonly firstStep?: number | undefined;
}

export interface StackApplyOptions {
  /** zeros unless given */
  readonly initialState?: StackState | undefined;
  /** int32 `[batch]` */
  readonly lengths?: tf.Tensor1D | undefined;
  /** absent in evaluation */
  readonly dropout?: StackDropout | undefined;
}

export interface StackResult {
  /** `[time, batch, outputSize]` or `[batch, time, outputSize]`, as the input was; zeros past each length */
  readonly output: tf.Tensor3D;
  readonly finalState: StackState;
}

interface StackLayer {
  readonly forward: Cell;
  readonly backward?: Cell;
}

/** What dropout multiplies inside of one layer; each absent where nothing is dropped. */
export interface LayerMasks {
  /** `[time, batch, inputSize]`, on what comes from the layer below */
  readonly inputDropoutMask?: tf.Tensor3D;
  /** `[batch, hiddenSize]`, on h inside the recurrent product */
  readonly recurrentDropoutMask?: tf.Tensor2D;
}

/** Recurrent layers on each other; in one or both directions. Parameters: `layers.0.forward.inputKernel` and so on. */
export class Stack {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** hiddenSize times the number of directions */
  readonly outputSize: number;
  readonly layers: readonly StackLayer[];
  readonly parameters: Parameters;

  /** @throws {ConfigError} `config/layers` for less than one layer */
  constructor(options: StackOptions) {
    const { inputSize, hiddenSize, layers, key, createCell } = options;
    if (!(Number.isInteger(layers) && layers >= 1)) {
      throw new ConfigError('config/layers', `a stack needs a whole number of layers of at least 1, got ${layers}`);
    }
    const directions = options.bidirectional ? (['forward', 'backward'] as const) : (['forward'] as const);
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.outputSize = hiddenSize * directions.length;
    this.layers = Array.from({ length: layers }, (_, layer) => {
      const size = layer === 0 ? inputSize : this.outputSize;
      const cells = directions.map((direction) => [
        direction,
        createCell({ inputSize: size, hiddenSize, key: deriveKey(key, layer, direction) }),
      ]);
      return Object.fromEntries(cells) as StackLayer;
    });
    const named = this.layers.flatMap((cells, layer) =>
      Object.entries(cells).map(([direction, cell]: [string, Cell]) =>
        prefixParameters(`layers.${layer}.${direction}`, cell.parameters),
      ),
    );
    this.parameters = Object.assign({}, ...named) as Parameters;
  }

  /** Zeros for every layer and direction. */
  zeroState(batchSize: number): StackState {
    return this.layers.map(({ forward, backward }) => ({
      forward: forward.zeroState(batchSize),
      ...(backward && { backward: backward.zeroState(batchSize) }),
    }));
  }

  /**
   * @param input - `[batch, time, inputSize]`
   * @returns output `[batch, time, outputSize]` and the final state; the caller owns both
   * @throws {ShapeError} `shape/mismatch` or `shape/type`
   */
  apply(input: tf.Tensor3D, options: StackApplyOptions = {}): StackResult {
    return tidy(() => {
      const { output, finalState } = this.applyTimeMajor(swapBatchAndTime(input), options);
      return { output: swapBatchAndTime(output), finalState };
    });
  }

  /**
   * The masks that `applyTimeMajor` multiplies by, of a stack in one direction: for a kernel that walks the layers itself.
   *
   * @returns one record a layer; the caller owns the tensors
   */
  dropoutMasks([time, batch]: readonly [time: number, batch: number], options?: StackDropout): LayerMasks[] {
    return this.layers.map(({ forward }, layer) => {
      const recurrent = recurrentMask([batch, forward.hiddenSize], options, [layer, 'forward']);
      const between = layer > 0 && options?.betweenLayers;
      const ones = between ? tf.ones<tf.Rank.R3>([time, batch, forward.inputSize]) : undefined;
      return {
        ...(ones && { inputDropoutMask: dropBetween(ones, layer, options) }),
        ...(recurrent && { recurrentDropoutMask: recurrent }),
      };
    });
  }

  /**
   * The same without a conversion at either end.
   *
   * @param input - `[time, batch, inputSize]`
   */
  applyTimeMajor(input: tf.Tensor3D, options: StackApplyOptions = {}): StackResult {
    const { initialState } = options;
    if (initialState && initialState.length !== this.layers.length) {
      throw new ShapeError(
        'shape/layers',
        `initialState must have one entry for each of ${this.layers.length} layers, got ${initialState.length}`,
      );
    }
    return tidy(() => {
      const finalState: LayerState[] = [];
      let output = input;
      for (const [layer, cells] of this.layers.entries()) {
        const dropped = layer === 0 ? output : dropBetween(output, layer, options.dropout);
        const result = applyLayer(cells, dropped, { ...options, layer });
        output = result.output;
        finalState.push(result.finalState);
      }
      return { output, finalState };
    });
  }
}

function applyLayer(
  { forward, backward }: StackLayer,
  input: tf.Tensor3D,
  { initialState, lengths, dropout: options, layer }: StackApplyOptions & { layer: number },
): { output: tf.Tensor3D; finalState: LayerState } {
  const state = initialState?.[layer];
  const mask = (direction: 'forward' | 'backward') =>
    recurrentMask([input.shape[1], forward.hiddenSize], options, [layer, direction]);
  if (!backward) {
    const unrollOptions = { initialState: state?.forward, lengths, recurrentDropoutMask: mask('forward') };
    const { output, finalState } = unroll(forward, input, unrollOptions);
    return { output, finalState: { forward: finalState } };
  }
  const masks = options?.recurrent ? { forward: mask('forward')!, backward: mask('backward')! } : undefined;
  return bidirectional({ forward, backward }, input, {
    initialState: state as { forward: CellState; backward: CellState } | undefined,
    lengths,
    recurrentDropoutMasks: masks,
  });
}

function dropBetween(input: tf.Tensor3D, layer: number, options: StackDropout | undefined): tf.Tensor3D {
  if (!options?.betweenLayers) return input;
  const { betweenLayers: rate, firstStep } = options;
  const maskOptions = { rate, key: deriveKey(options.key, 'betweenLayers', layer), firstStep };
  return options.locked ? lockedDropout(input, maskOptions) : dropout(input, maskOptions);
}

function recurrentMask(
  shape: [number, number],
  options: StackDropout | undefined,
  path: readonly (string | number)[],
): tf.Tensor2D | undefined {
  if (!options?.recurrent) return undefined;
  const key = deriveKey(options.key, 'recurrent', ...path);
  return dropoutMask(shape, { rate: options.recurrent, key }) as tf.Tensor2D;
}
