import { decimalNumber, oneOf, ValueError, wholeNumber, type Flag } from '@unroll/cli';

/** How a file is read, as shorthands of `data.…`. */
export const dataFlags: readonly Flag[] = [
  { usage: '--time <column>', description: 'of the time stamps; none = rows follow each other', setting: 'data.time' },
  {
    usage: '--target <columns>',
    description: 'what to forecast, separated by commas (default: every numeric column without another role)',
    setting: 'data.target',
    parse: list,
  },
  { usage: '--id <column>', description: 'that names the series (default: one series)', setting: 'data.id' },
  {
    usage: '--past <columns>',
    description: 'covariates known up to the present',
    setting: 'data.past',
    parse: list,
  },
  {
    usage: '--known <columns>',
    description: 'covariates known for the future, too',
    setting: 'data.known',
    parse: list,
  },
  { usage: '--static <columns>', description: 'one value a series', setting: 'data.static', parse: list },
  {
    usage: '--frequency <f>',
    description: 'between two steps: hour, 15 minutes, D, W, M (default: found)',
    setting: 'data.frequency',
  },
  {
    usage: '--time-format <pattern>',
    description: 'iso, epoch, epoch-ms, or a pattern: dd.MM.yyyy HH:mm (default: found)',
    setting: 'data.timeFormat',
  },
  {
    usage: '--time-zone <zone>',
    description: 'of stamps without an offset: Europe/Berlin (default: UTC)',
    setting: 'data.timeZone',
  },
  {
    usage: '--layout <kind>',
    description: 'long, wide or rows (default: found)',
    setting: 'data.layout',
    parse: oneOf('auto', 'long', 'wide', 'rows'),
  },
];

const quantilesFlag: Flag = {
  usage: '--quantiles <levels>',
  description: 'of the intervals, separated by commas (default: 0.1,0.5,0.9)',
  parse: levels,
};

export const trainFlags: readonly Flag[] = [
  ...dataFlags,
  {
    usage: '--horizon <n>',
    description: 'steps ahead (default: 24)',
    setting: 'horizon',
    parse: wholeNumber({ min: 1 }),
  },
  {
    usage: '--context <n>',
    description: 'steps that the model reads (default: by horizon and season)',
    setting: 'context',
    parse: wholeNumber({ min: 1 }),
  },
  {
    usage: '--model <name>',
    description: 'deepar, mqrnn, seq2seq, segrnn, lstnet, esrnn, nlinear, dlinear, or a baseline (default: deepar)',
    setting: 'model.name',
  },
  { ...quantilesFlag, setting: 'quantiles' },
  {
    usage: '--conformal',
    description: 'correct the intervals by how they held on the validation part',
    setting: 'conformal',
  },
];

/** A trained run or the name of a baseline; with several the forecasts are averaged. */
export const modelsFlag: Flag = {
  usage: '--model <dir|baseline>',
  description: 'folder of a trained run, or naive, seasonal-naive, theta, ets …; repeat it for an ensemble',
  repeatable: true,
};

export const horizonFlag: Flag = {
  usage: '--horizon <n>',
  description: 'steps ahead (default: as trained)',
  parse: wholeNumber({ min: 1, max: 1_000_000 }),
};

export const forecastFlags: readonly Flag[] = [
  horizonFlag,
  quantilesFlag,
  { usage: '--conformal', description: 'correct the intervals by how they held on the validation part' },
];

export const evaluationFlags: readonly Flag[] = [
  {
    usage: '--origins <n>',
    description: 'how often it forecasts each series, the last times (default: all that fit, --step apart)',
    parse: wholeNumber({ min: 1 }),
  },
  {
    usage: '--step <n>',
    description: 'steps between two origins (default: a horizon, less for a short part)',
    parse: wholeNumber({ min: 1 }),
  },
];

export const backtestFlags: readonly Flag[] = [
  ...evaluationFlags,
  {
    usage: '--refit <n>',
    description: 'train and fit again every n origins (default: never)',
    parse: wholeNumber({ min: 1 }),
  },
  {
    usage: '--baselines <names>',
    description: 'to compare with, separated by commas, or none (default: those that suit the data)',
    parse: list,
  },
  { usage: '--split <name>', description: 'valid or test (default: test)', parse: oneOf('valid', 'test') },
  {
    usage: '--units <kind>',
    description: 'of errors: original, or standardised by the training part (default: original)',
    parse: oneOf('original', 'standardised'),
  },
];

export const intervalFlag: Flag = {
  usage: '--interval <p>',
  description: 'probability of the interval that points are expected in (default: 0.99)',
  parse: decimalNumber({ above: 0, max: 0.999999 }),
};

function list(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => name === '')) throw new ValueError(`needs names separated by commas, got '${text}'`);
  return names;
}

function levels(text: string): readonly number[] {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (numbers.every((level) => level > 0 && level < 1)) return [...new Set(numbers)].sort((a, b) => a - b);
  throw new ValueError(`needs numbers between 0 and 1 separated by commas, got '${text}'`);
}
