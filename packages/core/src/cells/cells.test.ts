import { GruSequence, LstmSequence, RnnSequence } from '../ops/kernel-names.js';
import { describeCell } from '../testing/cell-conformance.js';
import { elmanReluReference, elmanTanhReference, gruReference, lstmReference } from '../testing/reference-cells.js';
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
