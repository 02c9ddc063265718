import type { ForecastingResult } from '../harness/bench-result.js';
import type { Summary } from '../harness/statistics.js';
import { formatTable } from './markdown.js';
import { describeHead } from './measured-on.js';

function cells({ median, minimum, maximum }: Summary): readonly string[] {
  return [`${median.toFixed(1)} s`, `${minimum.toFixed(1)} to ${maximum.toFixed(1)} s`];
}

/** What forecasting takes: one row each. */
export function formatForecastingTable(result: ForecastingResult | undefined): string {
  if (result === undefined) return 'Nothing has been measured yet.';
  const { epochSeconds, epochSteps, pathsSeconds, csvSeconds, csvRows, csvPeakBytes, engine } = result.forecasting;
  const rows = [
    [
      `an epoch of DeepAR (3 x 40 LSTM) over 1,000 series of 500 steps: ${epochSteps} updates of 64 windows of 96 steps`,
      ...cells(epochSeconds),
    ],
    ['100 sample paths of 24 steps for each of these series', ...cells(pathsSeconds)],
    [
      `a CSV file of ${csvRows.toLocaleString('en-US')} rows read into series, ${Math.round(csvPeakBytes / 2 ** 20)} MiB at most`,
      ...cells(csvSeconds),
    ],
  ];
  return `${formatTable([['what', 'median', 'range'], ...rows])}\n\n${describeHead(result)}; ${engine}.`;
}
