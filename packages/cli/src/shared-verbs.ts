import type { AppDefinition, Verb } from './app.js';
import { dataUsage, engineFlags, modelFlag, outputFlags, trainFlags } from './flags.js';

/** The commands that every app has. Each loads its code when it runs, so that help stays quick. */
export function sharedVerbs(app: AppDefinition): readonly Verb[] {
  return [
    {
      name: 'train',
      summary: 'learn a model from data, into a run folder',
      flags: trainFlags(app),
      run: async (context) => (await import('./commands/train.js')).train(context),
    },
    {
      name: 'evaluate',
      summary: 'score a trained model on data',
      flags: [
        modelFlag,
        { usage: dataUsage(app), description: `what to score it on: ${app.dataDescription}` },
        { usage: '--split <name>', description: 'train, valid or test of a dataset (default: test)' },
        ...engineFlags,
        ...outputFlags,
      ],
      run: async (context) => (await import('./commands/evaluate.js')).evaluate(context),
    },
    {
      name: 'inspect',
      summary: 'show the configuration, parameters and size of a trained model',
      flags: [modelFlag, ...outputFlags],
      run: async (context) => (await import('./commands/inspect.js')).inspect(context),
    },
    {
      name: 'doctor',
      summary: 'show what this machine computes with, and how to get faster',
      flags: [...engineFlags, ...outputFlags],
      run: async (context) => (await import('./commands/doctor.js')).doctor(context),
    },
  ];
}
