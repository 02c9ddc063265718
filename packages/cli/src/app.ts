import type {
  ByteSource,
  DataSource,
  Parameters,
  RandomKey,
  ReportSample,
  ReportSection,
  ReportUnits,
  Task,
  TrainingConfig,
} from '@unroll/core';
import type { Output } from './output.js';
import type { ResultPlace, WriteText } from './write-result.js';

/**
 * What an app is made of. Only its name and its verbs are needed to print help; the task's code (TensorFlow.js, models,
 * datasets) is loaded when a command asks for it.
 */
export interface AppDefinition {
  /** of the command, for example `unroll-lm` */
  readonly name: string;
  readonly description: string;
  readonly version: string;
  /** what `--data` is, for the help: `a text file, - for standard input, or a dataset` */
  readonly dataDescription: string;
  /** data may be two files that go together line by line: `--source` and `--target` beside `--data` */
  readonly pairedFiles?: boolean;
  /** data are many files: a folder, or a list of files that lie beside it */
  readonly fileTrees?: boolean;
  /** whole command lines, for the help */
  readonly examples: readonly string[];
  readonly task: () => Promise<AppTask>;
  /** flags of `train` beside those that every app has; a `setting` makes one a shorthand of `--set` */
  readonly trainFlags?: readonly Flag[];
  /** the task's own commands; one that is called as a shared command (train, evaluate, inspect, doctor) takes its place */
  readonly verbs: readonly Verb[];
}

/** The part of a task package that the shared commands use. `Config` is plain data: it is written to the run folder. */
export interface AppTask<Config extends RunConfig = RunConfig> {
  readonly name: string;
  readonly presets: readonly string[];
  /** every setting of a run. @throws {ConfigError} for an unknown preset or key, naming the nearest */
  configure(choice: ConfigChoice): Config;
  /** the configuration of a saved run. @throws {ConfigError} if it is none of this task */
  parseConfig(value: unknown): Config;
  /** a new model and its data. @throws {DataError} for data that cannot be used */
  prepare(config: Config, options: PrepareOptions): Promise<Preparation>;
  /** the trained model of a run folder. @throws {CheckpointError} for one that is damaged or of another task */
  open(folder: string): Promise<SavedModel>;
  /** what `inspect` tells of a run folder besides, from its files alone. @throws {CheckpointError} as `open` */
  describe?(folder: string): Promise<readonly ReportSection[]>;
}

export interface RunConfig {
  readonly seed: number;
  readonly training: TrainingConfig;
}

export interface ConfigChoice {
  readonly preset?: string;
  /** what the manifest of a dataset says of itself for this task; below preset and settings */
  readonly defaults?: unknown;
  /** `key=value` of the command line, in order; keys are dotted paths */
  readonly settings: readonly string[];
}

/** The splits of a run. A dataset brings its own; of a single file `valid` and `test` may be absent. */
export interface RunData {
  readonly name: string;
  readonly train: DataSource;
  readonly valid?: DataSource;
  readonly test?: DataSource;
  /** settings that a dataset brings for this task */
  readonly settings?: unknown;
}

export interface PrepareOptions {
  readonly data: RunData;
  /** what is being read, for people who wait */
  readonly onProgress: (message: string) => void;
}

/** A new model with its data, ready for the trainer. */
export interface Preparation<Batch = unknown> {
  /** absent for a model that learns nothing: it is scored and reported as it is */
  readonly task?: Task<Batch>;
  /** files that the model cannot be used without, by name: `vocabulary.json` */
  readonly artifacts: Readonly<Record<string, string | Uint8Array>>;
  /** what `model.safetensors` says of itself */
  readonly metadata: Readonly<Record<string, string>>;
  /** counts that tell one set of data from another: a resumed run must find them unchanged */
  readonly dataFacts: Readonly<Record<string, number>>;
  /** one line about data and model, for people */
  readonly summary: string;
  /** the score that people look at: `perplexity` */
  readonly shownScore: string;
  /** of losses and of what a step counts; tokens unless set */
  readonly units?: ReportUnits;
  /** scores of the held-out splits with the weights as they are now, by split */
  evaluate(onProgress: (message: string) => void): Promise<Readonly<Record<string, NamedScores>>>;
  /** files that are known when training is over, by name; asked for after `evaluate` */
  lateArtifacts?(): Promise<Readonly<Record<string, string>>>;
  /** what the report has to tell besides, after `evaluate`; the first words of each are also for the terminal */
  sections?(): Promise<readonly ReportSection[]>;
  /** something readable that the model makes with the weights as they are now; absent where a task has none */
  sample?(key: RandomKey): Promise<ReportSample>;
}

export type NamedScores = Readonly<Record<string, number>>;

/** A trained model that commands can use. */
export interface SavedModel {
  readonly config: RunConfig;
  readonly parameters: Parameters;
  /** scores of new data. @throws {DataError} for data that does not fit the model */
  evaluate(source: DataSource, onProgress: (share: number) => void): Promise<NamedScores>;
}

/** A command of the task's own. */
export interface Verb {
  readonly name: string;
  readonly alias?: string;
  readonly summary: string;
  /** shown as `generate [options] [FILE]`, of several `[FILE...]` */
  readonly argument?: { readonly name: string; readonly description: string; readonly several?: boolean };
  readonly flags: readonly Flag[];
  /** loads the code of the verb and runs it */
  readonly run: (context: VerbContext) => Promise<void>;
}

/** A flag: its name and value as commander takes them (`--top-k <n>`), and how to read the value. */
export interface Flag {
  readonly usage: string;
  readonly description: string;
  /** the dotted path of the setting that it stands for: `data.time` */
  readonly setting?: string;
  readonly parse?: (text: string) => unknown;
  readonly repeatable?: boolean;
  readonly default?: unknown;
}

export interface VerbContext {
  readonly flags: Readonly<Record<string, unknown>>;
  /** the first of `arguments` */
  readonly argument?: string;
  readonly arguments: readonly string[];
  readonly output: Output;
  readonly app: AppDefinition;
  /** starts the engine and opens the model of `--model`; an app names the type that its own task opens */
  openModel<Model extends SavedModel = SavedModel>(): Promise<Model>;
  /** a file by path, or standard input for `-`. @throws {DataError} `file/…` */
  openFile(path: string): Promise<ByteSource>;
  /** a file, standard input for `-`, or a dataset with its splits and settings. @throws {DataError} `file/…`, `data/…` */
  openData(name: string): Promise<RunData>;
  /** what to score on: a file, standard input for `-`, or one split of a dataset, test unless set. @throws {DataError} `file/…`, `data/…` */
  openSplit(name: string, split: string | undefined): Promise<DataSource>;
  /** writes a result of any size, to a file as a whole or to standard output. @throws {DataError} `file/…` */
  writeResult(place: ResultPlace, produce: (write: WriteText) => Promise<void>): Promise<void>;
  /** starts the engine that the flags ask for; needed once, before anything is computed */
  startEngine(): Promise<void>;
  /** the settings that shorthand flags stand for, as `key=value` */
  settings(): readonly string[];
}
