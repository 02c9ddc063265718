import { ElmanCell, GruCell, initializers, Linear, LstmCell, type Cell, type RandomKey } from '@unroll/core';

interface LayerOptions {
  readonly inputSize: number;
  readonly key: RandomKey;
}

/** A linear layer that begins as the published recipes do: everything uniform in ±1/√inputSize. */
export function uniformLinear(options: LayerOptions & { readonly outputSize: number }): Linear {
  const initializer = initializers.uniform(1 / Math.sqrt(options.inputSize));
  return new Linear({ ...options, kernelInitializer: initializer, biasInitializer: initializer });
}

/** A cell that begins as the published recipes do: kernels and biases uniform in ±1/√hiddenSize. */
export function uniformCell(
  kind: 'lstm' | 'gru' | 'elman-tanh' | 'elman-relu',
  options: LayerOptions & { readonly hiddenSize: number },
): Cell {
  const uniform = initializers.uniform(1 / Math.sqrt(options.hiddenSize));
  const own = { inputKernel: uniform, recurrentKernel: uniform, bias: uniform };
  switch (kind) {
    case 'lstm':
      return new LstmCell({ ...options, initializers: own });
    case 'gru':
      return new GruCell({ ...options, initializers: { ...own, recurrentBias: uniform } });
    case 'elman-tanh':
      return new ElmanCell({ ...options, initializers: own, activation: 'tanh' });
    case 'elman-relu':
      return new ElmanCell({ ...options, initializers: own, activation: 'relu' });
  }
}
