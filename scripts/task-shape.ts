/** The files that every task package has, in the order of the data flow: who knows one package knows all. */
const source = [
  'index.ts',
  'task.ts',
  'config.ts',
  'types.ts',
  'records.ts',
  'examples.ts',
  'batches.ts',
  'model.ts',
  'loss.ts',
  'decode.ts',
  'metrics.ts',
  'report.ts',
].map((name) => `src/${name}`);
const others = ['package.json', 'README.md', 'tsconfig.json', 'test/tsconfig.json', 'test/learns.test.ts'];

/** What a package has besides. A new file here is a decision: first ask whether it is a part of a common one. */
const extras: Readonly<Record<string, readonly string[]>> = {
  forecasting: [
    'anomalies.ts',
    'backtest.ts',
    'baselines/',
    'calendar/',
    'comparison.ts',
    'conformal.ts',
    'csv/',
    'ensemble.ts',
    'evaluation/',
    'imputation.ts',
    'likelihoods/',
    'live-state.ts',
    'models/',
    'match-panel.ts',
    'saved-facts.ts',
    'saved-model.ts',
    'scaling.ts',
    'windows/',
  ],
  'sequence-tagging': [
    'adversarial.ts',
    'attribution.ts',
    'baselines/',
    'characters/',
    'data-check.ts',
    'data-check/',
    'evaluation/',
    'formats/',
    'heads/',
    'inputs/',
    'prepare-sentences.ts',
    'restoration/',
    'saved-facts.ts',
    'saved-model.ts',
    'schemes/',
    'spellings.ts',
    'tag-columns.ts',
    'word-features.ts',
    'word-vectors.ts',
  ],
  translation: [
    'attention/',
    'check-model.ts',
    'checkpoints.ts',
    'cleaning.ts',
    'decoder/',
    'encoder.ts',
    'evaluation/',
    'formats/',
    'prepare-pairs.ts',
    'saved-facts.ts',
    'saved-model.ts',
    'search/',
    'token-vectors.ts',
    'tokenization/',
  ],
  'audio-recognition': [
    'alignment.ts',
    'audio/',
    'augmentation/',
    'class-head.ts',
    'evaluation/',
    'features/',
    'formats/',
    'front.ts',
    'live.ts',
    'model-stream.ts',
    'pooling.ts',
    'prepare-recordings.ts',
    'recognizer.ts',
    'running-pooling.ts',
    'saved-facts.ts',
    'saved-model.ts',
    'search/',
    'sound-features.ts',
    'transcripts.ts',
    'voices.ts',
  ],
  'language-modeling': [
    'activations.ts',
    'n-gram/',
    'recurrent-scorer.ts',
    'saved-model.ts',
    'scoring.ts',
    'symbol-scorer.ts',
    'tokenization/',
  ],
};

/**
 * What a task package lacks of the common shape, and which source files it has besides.
 *
 * @param name - of the folder under `packages/`
 * @param files - paths from the package's folder
 */
export function checkTaskShape(name: string, files: readonly string[]): readonly string[] {
  const allowed = [...source, 'src/presets/', ...(extras[name] ?? []).map((extra) => `src/${extra}`)];
  const isAllowed = (file: string) =>
    allowed.some((entry) => (entry.endsWith('/') ? file.startsWith(entry) : file === entry));
  const missing = [...source, ...others].filter((file) => !files.includes(file));
  const presets = files.some((file) => /^src\/presets\/(?!index\.ts)/.test(file)) ? [] : ['src/presets/<name>.ts'];
  const unknown = files.filter((file) => /^src\/.*(?<!\.test)\.ts$/.test(file) && !isAllowed(file));
  return [
    ...[...missing, ...presets].map((file) => `packages/${name}: ${file} is missing`),
    ...unknown.map((file) => `packages/${name}: ${file} is no file of the common shape; see scripts/task-shape.ts`),
  ];
}
