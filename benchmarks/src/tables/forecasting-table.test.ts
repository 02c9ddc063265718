import { expect, test } from 'vitest';
import { resultVersion, type ForecastingResult } from '../harness/bench-result.js';
import { summarise } from '../harness/statistics.js';
import { formatForecastingTable } from './forecasting-table.js';

test('a row tells the median and the range of each measure', () => {
  const machine = { cpu: 'Abacus', cores: 2, memoryBytes: 1, system: 'linux', node: 'v20.1.0', instructionSets: [] };
  const result: ForecastingResult = {
    version: resultVersion,
    date: '2026-01-02T03:04:05Z',
    revision: 'abc',
    command: 'pnpm bench --forecasting',
    machine,
    busyCores: 0,
    threads: 2,
    kind: 'forecasting',
    rounds: 3,
    forecasting: {
      epochSeconds: summarise([7, 8, 12]),
      epochSteps: 266,
      pathsSeconds: summarise([4.26, 4.24, 5]),
      csvSeconds: summarise([13, 12, 11]),
      csvRows: 5_000_000,
      csvPeakBytes: 360 * 2 ** 20,
      engine: 'engine 1',
    },
  };
  const [, , epoch, paths, csv, , note] = formatForecastingTable(result).replace(/ +/g, ' ').split('\n');
  expect(epoch).toMatch(/1,000 series of 500 steps: 266 updates .* \| 8.0 s \| 7.0 to 12.0 s \|$/);
  expect(paths).toMatch(/\| 4.3 s \| 4.2 to 5.0 s \|$/);
  expect(csv).toMatch(/5,000,000 rows read into series, 360 MiB at most \| 12.0 s \| 11.0 to 13.0 s \|$/);
  expect(note).toContain('engine 1');
});
