import { describe, expect, it } from 'vitest';
import { GruSequence, LstmSequence, RnnSequence } from '../ops/kernel-names.js';
import { describeCell } from '../testing/cell-conformance.js';
import { elmanReluReference, elmanTanhReference, gruReference, lstmReference } from '../testing/reference-cells.js';
import { constant } from '../tensors/initializers.js';
import { disposeParameters } from '../tensors/parameters.js';
import { randomKey } from '../tensors/random.js';
import { ElmanCell } from './elman.js';
import { GruCell } from './gru.js';
import { LstmCell } from './lstm.js';

describeCell('Elman tanh', {
  createCell: (options) => new ElmanCell(options),
  reference: elmanTanhReference,
  kernel: RnnSequence,
});
describeCell('Elman relu', {
  createCell: (options) => new ElmanCell({ ...options, activation: 'relu' }),
  reference: elmanReluReference,
  kernel: RnnSequence,
});
describeCell('LSTM', {
  createCell: (options) => new LstmCell(options),
  reference: lstmReference,
  kernel: LstmSequence,
});
describeCell('GRU', { createCell: (options) => new GruCell(options), reference: gruReference, kernel: GruSequence });

describe('first values', () => {
  const sizes = { inputSize: 5, hiddenSize: 3, key: randomKey(2) };

  it.each([
    { options: {}, forget: 1 },
    { options: { forgetBias: 0 }, forget: 0 },
    { options: { forgetBias: 2.5 }, forget: 2.5 },
  ])('of an LSTM: forget bias $forget, in the forget gate alone', ({ options, forget }) => {
    const cell = new LstmCell({ ...sizes, ...options });
    expect(Array.from(cell.parameters.bias.dataSync())).toEqual([0, 0, 0, forget, forget, forget, 0, 0, 0, 0, 0, 0]);
    disposeParameters(cell.parameters);
  });

  it('follow from the key alone, and are those of an initializer where one is given', () => {
    const [first, again, other] = [sizes, sizes, { ...sizes, key: randomKey(3) }].map(
      (options) => new GruCell(options),
    );
    const values = (cell: GruCell | undefined) => cell!.parameters.inputKernel.dataSync();
    expect(values(again)).toEqual(values(first));
    expect(values(other)).not.toEqual(values(first));
    const filled = new GruCell({ ...sizes, initializers: { inputKernel: constant(7), recurrentBias: constant(8) } });
    expect(new Set(filled.parameters.inputKernel.dataSync())).toEqual(new Set([7]));
    expect(new Set(filled.parameters.recurrentBias.dataSync())).toEqual(new Set([8]));
    for (const cell of [first, again, other, filled]) disposeParameters(cell!.parameters);
  });
});
