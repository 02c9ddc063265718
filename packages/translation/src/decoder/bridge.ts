import {
  ConfigError,
  deriveKey,
  Linear,
  prefixParameters,
  type CellState,
  type Parameters,
  type RandomKey,
} from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from '../config.js';
import type { EncoderResult } from '../encoder.js';

/**
 * From the encoder to the state that the decoder begins with, for each layer of the decoder.
 *
 *   zero   h₀ = 0
 *   last   h₀ = the encoder's last state of the same layer: both directions side by side, or, where the decoder has a layer for each
 *          direction of each layer of the encoder, forward and backward in turn (Luong, Brevdo & Zhao 2017)
 *   dense  h₀ = tanh(W·last + b) of the same layer of the encoder, or of its top layer
 *   mean   h₀ = tanh(W·mean + b) of what the encoder wrote, over real tokens (Sennrich et al. 2017)
 *
 * and for c of an LSTM with a W and b of its own; a GRU of an encoder has no c, so its h is read.
 *
 * Parameters of dense and mean: `0.h.kernel`, `0.h.bias` … of each layer, and `0.c.…` of an LSTM.
 */
export class Bridge {
  readonly parameters: Parameters;
  readonly #model: ModelConfig;
  readonly #maps: readonly Readonly<Record<string, Linear>>[];

  /** @throws {ConfigError} `config/bridge` for last states that do not fit the decoder's layers */
  constructor({ model, key }: { readonly model: ModelConfig; readonly key: RandomKey }) {
    const { bridge, encoder, decoder } = model;
    this.#model = model;
    if (bridge === 'last') checkLastStates(model);
    const inputSize = encoder.hiddenSize * (encoder.bidirectional ? 2 : 1);
    const mapped = bridge === 'dense' || bridge === 'mean';
    this.#maps = Array.from({ length: mapped ? decoder.layers : 0 }, (_, layer) =>
      Object.fromEntries(
        stateNames(decoder.cell).map((name) => [
          name,
          new Linear({ inputSize, outputSize: decoder.hiddenSize, key: deriveKey(key, layer, name) }),
        ]),
      ),
    );
    this.parameters = Object.assign(
      {},
      ...this.#maps.flatMap((maps, layer) =>
        Object.entries(maps).map(([name, map]) => prefixParameters(`${layer}.${name}`, map.parameters)),
      ),
    ) as Parameters;
  }

  /** @param lengths - int32 `[batch]` @returns one state a layer, each `[batch, hiddenSize]` */
  apply({ states, finalState }: EncoderResult, lengths: tf.Tensor1D): readonly CellState[] {
    const { bridge, decoder } = this.#model;
    const names = stateNames(decoder.cell);
    const layers = Array.from({ length: decoder.layers }, (_, layer) => layer);
    const cellState = (value: (name: 'h' | 'c') => tf.Tensor2D) =>
      Object.fromEntries(names.map((name) => [name, value(name)])) as unknown as CellState;
    if (bridge === 'zero') {
      return layers.map(() => cellState(() => tf.zeros([states.shape[1], decoder.hiddenSize])));
    }
    const last = finalState.map(({ forward, backward }) => (backward ? [forward, backward] : [forward]));
    if (bridge === 'last') {
      const taken = decoder.layers !== last.length ? last.flat().map((state) => [state]) : last;
      return layers.map((layer) => cellState((name) => sideBySide(taken[layer]!, name)));
    }
    const mean = bridge === 'mean' ? meanOverTime(states, lengths) : undefined;
    return layers.map((layer) =>
      cellState((name) => {
        const read = mean ?? sideBySide(last[Math.min(layer, last.length - 1)]!, name);
        return tf.tanh(this.#maps[layer]![name]!.apply(read) as tf.Tensor2D);
      }),
    );
  }
}

function stateNames(cell: 'lstm' | 'gru'): readonly ('h' | 'c')[] {
  return cell === 'lstm' ? ['h', 'c'] : ['h'];
}

function sideBySide(directions: readonly CellState[], name: 'h' | 'c'): tf.Tensor2D {
  const states = directions.map((state) => state[name] ?? state.h);
  return states.length === 1 ? tf.clone(states[0]!) : tf.concat(states, 1);
}

function meanOverTime(states: tf.Tensor3D, lengths: tf.Tensor1D): tf.Tensor2D {
  return tf.div(tf.sum<tf.Tensor2D>(states, 0), tf.expandDims(tf.cast(lengths, 'float32'), 1));
}

function checkLastStates({ encoder, decoder }: ModelConfig): void {
  const directions = encoder.bidirectional ? 2 : 1;
  const joined = decoder.hiddenSize === directions * encoder.hiddenSize && decoder.layers === encoder.layers;
  const inTurn = decoder.hiddenSize === encoder.hiddenSize && decoder.layers === directions * encoder.layers;
  if (joined || inTurn) return;
  const ways = [`${encoder.layers} × ${directions * encoder.hiddenSize}`];
  if (directions === 2) ways.push(`${2 * encoder.layers} × ${encoder.hiddenSize}`);
  const message =
    `model.bridge "last" hands the encoder's states on as they are: the decoder must have layers × hiddenSize of ${ways.join(' or ')}, ` +
    `got ${decoder.layers} × ${decoder.hiddenSize}; set model.bridge to "dense" or "mean" for other sizes`;
  throw new ConfigError('config/bridge', message);
}
