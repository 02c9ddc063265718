import { fileURLToPath } from 'node:url';
import { askProcess } from './probe-answer.js';
import type { TensorFlowReport } from './report.js';

export type { TensorFlowReport } from './report.js';
export type { TensorFlowEngineState } from './state.js';

/** From source the process runs from source as well: it is started with the same flags as this one. */
const main = fileURLToPath(new URL(`probe-process.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url));

/**
 * Finds out whether TensorFlow can compute here by loading it in another process: a native part that does not fit may end
 * the process that loads it, or wait for ever. Never throws.
 */
export function probeTensorFlow({ timeoutMs = 60_000 } = {}): Promise<TensorFlowReport> {
  return askProcess(main, timeoutMs);
}
