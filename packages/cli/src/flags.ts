import type { AppDefinition, Flag } from './app.js';
import { oneOf, setting, wholeNumber } from './values.js';

export type EngineName = 'native' | 'tensorflow' | 'cpu';
export type Precision = 'float32' | 'bfloat16';

/** Which engine computes, and how. */
export interface EngineFlags {
  readonly engine?: EngineName;
  readonly precision?: Precision;
  readonly threads?: number;
}

export interface OutputFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export interface TrainFlags extends EngineFlags, OutputFlags {
  readonly data?: string;
  readonly valid?: string;
  readonly test?: string;
  readonly source?: string;
  readonly target?: string;
  readonly validSource?: string;
  readonly validTarget?: string;
  readonly testSource?: string;
  readonly testTarget?: string;
  readonly preset?: string;
  readonly set?: readonly string[];
  readonly out?: string;
  readonly resume?: string;
  readonly seed?: number;
  readonly epochs?: number;
  readonly maxSteps?: number;
  /** true without a number */
  readonly profile?: number | true;
}

export interface ModelFlags extends EngineFlags, OutputFlags {
  readonly model?: string;
}

export interface EvaluateFlags extends ModelFlags {
  readonly split?: string;
  readonly data?: string;
}

/** What `train --profile` measures unless told otherwise, and what it lets pass before. */
export const profileSteps = 20;
export const profileWarmUpSteps = 3;

export const seedFlag: Flag = {
  usage: '--seed <n>',
  description: 'start of all random numbers; the same seed, engine and threads give the same result',
  parse: wholeNumber({ min: 0 }),
};

export const modelFlag: Flag = { usage: '--model <dir>', description: 'folder of a trained run' };

export const engineFlags: readonly Flag[] = [
  {
    usage: '--engine <name>',
    description: 'native, tensorflow or cpu (default: native where it is built, else cpu)',
    parse: oneOf('native', 'tensorflow', 'cpu'),
  },
  {
    usage: '--precision <type>',
    description: 'of matrix products: float32 or bfloat16 (default: float32)',
    parse: oneOf('float32', 'bfloat16'),
  },
  {
    usage: '--threads <n>',
    description: 'of the native engine and of TensorFlow (default: one a core)',
    parse: wholeNumber({ min: 1, max: 1024 }),
  },
];

export const outputFlags: readonly Flag[] = [
  { usage: '--json', description: 'print one JSON object on standard output' },
  { usage: '--quiet', description: 'no progress and no explanations on standard error' },
];

export const outFlag: Flag = { usage: '--out <file>', description: 'where to write (default: standard output)' };

/** Of a stack of recurrent layers, as shorthands of `model.…`. @param defaults - of the task, for the help text */
export function recurrentFlags(defaults: {
  readonly cell: string;
  readonly layers: number;
  readonly hiddenSize: number;
}): readonly Flag[] {
  return [
    {
      usage: '--cell <name>',
      description: `lstm, gru, elman-tanh or elman-relu (default: ${defaults.cell})`,
      setting: 'model.cell',
      parse: oneOf('lstm', 'gru', 'elman-tanh', 'elman-relu'),
    },
    {
      usage: '--layers <n>',
      description: `of the recurrent network (default: ${defaults.layers})`,
      setting: 'model.layers',
      parse: wholeNumber({ min: 1 }),
    },
    {
      usage: '--hidden-size <n>',
      description: `units of each direction of a layer (default: ${defaults.hiddenSize})`,
      setting: 'model.hiddenSize',
      parse: wholeNumber({ min: 1 }),
    },
  ];
}

/** Of two files that go together line by line, in the place of `--data`. */
export const pairedFlags: readonly Flag[] = [
  { usage: '--source <file>', description: 'one side of the data, a text a line, with --target' },
  { usage: '--target <file>', description: 'the other side: line i belongs to line i of --source' },
];

const heldPairedFlags: readonly Flag[] = ['valid', 'test'].flatMap((split) => [
  { usage: `--${split}-source <file>`, description: `as --${split}, of two files` },
  { usage: `--${split}-target <file>`, description: `line i belongs to line i of --${split}-source` },
]);

/** The settings that shorthand flags stand for, as `key=value` with the value as JSON. */
export function flagSettings(flags: readonly Flag[], given: Readonly<Record<string, unknown>>): readonly string[] {
  return flags.flatMap(({ usage, setting }) => {
    const value = given[flagName(usage)];
    return setting === undefined || value === undefined ? [] : [`${setting}=${JSON.stringify(value)}`];
  });
}

/** As commander names it: `--time-format <pattern>` is `timeFormat`. */
function flagName(usage: string): string {
  const [, long = ''] = /--([\w-]+)/.exec(usage) ?? [];
  return long.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** What the flags of `train` depend on. */
export type TrainFlagsOf = Pick<AppDefinition, 'dataDescription' | 'trainFlags' | 'pairedFiles' | 'fileTrees'>;

/** What `--data` stands for in the help. */
export function dataUsage({ fileTrees = false }: Pick<AppDefinition, 'fileTrees'>): string {
  return fileTrees ? '--data <folder|file|dataset>' : '--data <file|dataset>';
}

/** The flags of `train`: those that every app has and its own. */
export function trainFlags(app: TrainFlagsOf): readonly Flag[] {
  const { dataDescription, trainFlags: own = [], pairedFiles: paired = false, fileTrees = false } = app;
  const held = fileTrees ? 'folder|file' : 'file';
  const tail = fileTrees ? 'some of it' : 'the tail of the file';
  return [
    ...(paired ? pairedFlags : []),
    { usage: dataUsage(app), description: `what to learn from: ${dataDescription}` },
    {
      usage: `--valid <${held}>`,
      description: `held-out data (default: the split of the dataset, or ${tail})`,
    },
    {
      usage: `--test <${held}>`,
      description: 'data that the result is scored on at the end (default: the split of the dataset)',
    },
    ...(paired ? heldPairedFlags : []),
    ...own,
    { usage: '--preset <name>', description: 'a named configuration' },
    {
      usage: '--set <key=value>',
      description: 'change one setting; repeat for more',
      parse: setting,
      repeatable: true,
    },
    { usage: '--out <dir>', description: 'folder for the run; must be new or empty' },
    { usage: '--resume <dir>', description: 'go on with an interrupted run, as if it had never stopped' },
    seedFlag,
    { usage: '--epochs <n>', description: 'passes over the data', parse: wholeNumber({ min: 1 }) },
    { usage: '--max-steps <n>', description: 'stop after this many updates', parse: wholeNumber({ min: 1 }) },
    {
      usage: '--profile [steps]',
      description: `tell where the time of this many steps goes, after ${profileWarmUpSteps} to warm up (default: ${profileSteps}): a table by kernel, profile.json, and trace.json for Perfetto or chrome://tracing`,
      parse: wholeNumber({ min: 1 }),
    },
    ...engineFlags,
    ...outputFlags,
  ];
}
