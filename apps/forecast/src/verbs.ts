import { engineFlags, modelFlag, oneOf, outFlag, outputFlags, seedFlag, wholeNumber, type Verb } from '@unroll/cli';
import {
  backtestFlags,
  dataFlags,
  evaluationFlags,
  forecastFlags,
  horizonFlag,
  intervalFlag,
  modelsFlag,
} from './flags.js';

const dataFlag = {
  usage: '--data <file|dataset>',
  description: 'a CSV file, - for standard input, or a dataset',
};
const common = [...dataFlags, seedFlag, ...engineFlags, ...outputFlags];

const evaluate: Verb = {
  name: 'evaluate',
  summary: 'backtest a model beside the baselines, from rolling origins',
  flags: [modelsFlag, dataFlag, ...forecastFlags, ...backtestFlags, ...common],
  run: async (context) => (await import('./commands/evaluate.js')).evaluate(context),
};

const forecast: Verb = {
  name: 'forecast',
  alias: 'predict',
  summary: 'forecast what comes after the last row of each series, as CSV',
  flags: [
    modelsFlag,
    { ...dataFlag, description: `${dataFlag.description} (default: the rows that update has seen)` },
    ...forecastFlags,
    outFlag,
    ...common,
  ],
  run: async (context) => (await import('./commands/forecast.js')).forecast(context),
};

const detect: Verb = {
  name: 'detect',
  summary: 'find points outside of what was to be expected before them, as CSV',
  flags: [
    modelsFlag,
    dataFlag,
    horizonFlag,
    intervalFlag,
    {
      usage: '--from <part>',
      description: 'where to look: all, or the valid or test part (default: all)',
      parse: oneOf('all', 'valid', 'test'),
    },
    { usage: '--ahead <n>', description: 'expected so many steps before (default: 1)', parse: wholeNumber({ min: 1 }) },
    { usage: '--conformal', description: 'correct the intervals by how they held on the validation part' },
    { usage: '--all', description: 'write every point with its score, not the anomalies alone' },
    outFlag,
    ...common,
  ],
  run: async (context) => (await import('./commands/detect.js')).detect(context),
};

const update: Verb = {
  name: 'update',
  summary: 'continue the series that a model has seen by new rows; forecast then needs no --data',
  flags: [modelFlag, dataFlag, ...dataFlags, ...outputFlags],
  run: async (context) => (await import('./commands/update.js')).update(context),
};

const plot: Verb = {
  name: 'plot',
  summary: 'draw forecasts against what came: by the ending of --out SVG, PNG, or a page with all pictures',
  flags: [
    modelsFlag,
    dataFlag,
    { usage: '--out <file>', description: 'FILE.svg, FILE.png or FILE.html' },
    {
      usage: '--kind <picture>',
      description: 'fan, errors or residuals, for one picture (default: fan)',
      parse: oneOf('fan', 'errors', 'residuals'),
    },
    { usage: '--series <id>', description: 'of the fan (default: the first)' },
    ...forecastFlags,
    ...evaluationFlags,
    ...common,
  ],
  run: async (context) => (await import('./commands/plot.js')).plot(context),
};

export const verbs: readonly Verb[] = [evaluate, forecast, detect, update, plot];
