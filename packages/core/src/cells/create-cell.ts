import type { Cell } from './cell.js';
import { ElmanCell } from './elman.js';
import { GruCell, type GruOptions } from './gru.js';
import { LstmCell } from './lstm.js';

/** The cells as configurations name them. */
export const cellNames = ['lstm', 'gru', 'elman-tanh', 'elman-relu'] as const;

export type CellName = (typeof cellNames)[number];

/** A new cell by its name. @param options - `recurrentBias` among the initializers is for a GRU alone */
export function createCell(name: CellName, options: GruOptions): Cell {
  switch (name) {
    case 'lstm':
      return new LstmCell(options);
    case 'gru':
      return new GruCell(options);
    case 'elman-tanh':
      return new ElmanCell({ ...options, activation: 'tanh' });
    case 'elman-relu':
      return new ElmanCell({ ...options, activation: 'relu' });
  }
}
