import { ConfigError, createStepper, type Linear, type Stack } from '@unroll/core';
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from './config.js';
import type { ConvolutionFront } from './front.js';
import type { ModelStream } from './types.js';

export interface StreamedLayers {
  /** causal */
  readonly front: ConvolutionFront;
  /** in one direction */
  readonly stack: Stack;
  /** of transcribe */
  readonly symbols?: Linear | undefined;
}

/** The layers of a model over frames that come in pieces, without dropout. */
export function createModelStream({ front, stack, symbols }: StreamedLayers): ModelStream {
  const stepper = createStepper(stack, { head: symbols });
  const { inputSize, outputSize } = stepper;
  let convolutions: readonly tf.Tensor3D[] | undefined;
  const convolve = (features: Float32Array): Float32Array => {
    const before = convolutions;
    const advanced = front.advance(features, before);
    convolutions = advanced.convolutions;
    const frames = advanced.frames.dataSync().slice() as Float32Array;
    tf.dispose([advanced.frames, ...(before ?? [])]);
    return frames;
  };
  return {
    push: (features) => {
      const frames = front.isEmpty ? features : convolve(features);
      const steps = frames.length / inputSize;
      const output = new Float32Array(steps * outputSize);
      for (let t = 0; t < steps; t++) {
        output.set(stepper.step(frames.subarray(t * inputSize, (t + 1) * inputSize)), t * outputSize);
      }
      return output;
    },
    dispose: () => {
      stepper.dispose();
      tf.dispose([...(convolutions ?? [])]);
    },
  };
}

/** @throws {ConfigError} `config/streaming` for a model that reads later frames */
export function requireStreaming({ bidirectional, causal, convolutions }: ModelConfig): void {
  const looksAhead = !causal && convolutions.some(({ kernel }) => kernel[0]! > 1);
  if (!bidirectional && !looksAhead) return;
  const why = bidirectional ? 'walks time in both directions' : 'has convolutions that see later frames';
  const how = bidirectional ? 'model.bidirectional=false' : 'model.causal=true';
  const message = `this model ${why}, so it needs a whole recording; train one with ${how} for live sound`;
  throw new ConfigError('config/streaming', message);
}
