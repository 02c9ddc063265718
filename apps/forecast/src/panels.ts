import type { RunData } from '@unroll/cli';
import { isUnrollError, UnrollError } from '@unroll/core/errors';
import {
  configForFacts,
  matchPanel,
  readPanel,
  type ForecastingConfig,
  type Panel,
  type PanelFacts,
  type SplitBounds,
} from '@unroll/forecasting';
import { dataFlags } from './flags.js';

/** Settings in a message, by the flags that a command line has for them. */
function inFlags(error: unknown): unknown {
  if (!isUnrollError(error)) return error;
  const flags = new Map(dataFlags.map(({ setting, usage }) => [setting, usage.replace(/ .*/, '')]));
  const message = error.message.replace(/\bdata\.\w+/g, (path) => flags.get(path) ?? `--set ${path}=…`);
  return new UnrollError(error.code, message.replace('unroll: ', ''), { cause: error });
}

export interface LoadedPanel {
  readonly panel: Panel;
  /** where files ended, if the data came as several */
  readonly bounds?: readonly SplitBounds[];
}

/**
 * Reads data as series, for a trained model as it expects them.
 *
 * @throws {DataError} for a file that cannot be read so, or that has other columns than the model's
 */
export async function loadPanel(
  data: RunData,
  config: ForecastingConfig,
  { onProgress, facts }: { readonly onProgress: (message: string) => void; readonly facts?: PanelFacts | undefined },
): Promise<LoadedPanel> {
  const { name, train, valid, test } = data;
  const sources = { name, train, ...(valid && { valid }), ...(test && { test }) };
  const asked = facts ? configForFacts(config, facts) : config;
  const { panel, bounds } = await readPanel(sources, asked.data, onProgress).catch((error: unknown) => {
    throw inFlags(error);
  });
  return { panel: facts ? matchPanel(panel, facts) : panel, ...(bounds && { bounds }) };
}
