/** Reads the CSV file that is its argument, and prints as JSON how long that took and the most memory it held. */
import { parseForecastingConfig, readPanel } from '@unroll/forecasting';
import { fileSource } from '@unroll/core/node';
import type { CsvTurn } from '../measures/forecasting.js';
import { peakBytes } from '../peak-bytes.js';

const source = fileSource(process.argv[2]!);
const { data } = parseForecastingConfig({ data: { id: 'id' } });
const begin = performance.now();
await readPanel({ name: source.name, train: source }, data);
const turn: CsvTurn = { seconds: (performance.now() - begin) / 1000, peakBytes: peakBytes() };
process.stdout.write(JSON.stringify(turn));
