import { inFlags, type RunData } from '@unroll/cli';
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
    throw inFlags(error, dataFlags);
  });
  return { panel: facts ? matchPanel(panel, facts) : panel, ...(bounds && { bounds }) };
}
