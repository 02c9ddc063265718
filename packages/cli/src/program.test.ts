import type { UsageError } from '@unroll/core/errors';
import { CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import type { AppDefinition, VerbContext } from './app.js';
import { buildProgram, usageErrorOf } from './program.js';
import { wholeNumber } from './values.js';

/** An app whose one verb shows what it was given. */
function appThatRecords(): { app: AppDefinition; runs: VerbContext[] } {
  const runs: VerbContext[] = [];
  const app: AppDefinition = {
    name: 'unroll-x',
    description: 'An app.',
    version: '1.2.3',
    dataDescription: 'a file',
    examples: ['unroll-x hum --length 3'],
    task: () => Promise.reject(new Error('not needed')),
    verbs: [
      {
        name: 'hum',
        alias: 'predict',
        summary: 'make a sound',
        argument: { name: 'file', description: 'a tune' },
        flags: [
          { usage: '--length <n>', description: 'beats', parse: wholeNumber({ min: 1 }) },
          { usage: '--set <key=value>', description: 'a setting', repeatable: true },
          { usage: '--loud', description: 'more of it' },
          { usage: '--json', description: 'as JSON' },
        ],
        run: (context) => {
          runs.push(context);
          return Promise.resolve();
        },
      },
      {
        name: 'chant',
        summary: 'make several sounds',
        argument: { name: 'file', description: 'tunes', several: true },
        flags: [],
        run: (context) => {
          runs.push(context);
          return Promise.resolve();
        },
      },
    ],
  };
  return { app, runs };
}

async function parse(...args: string[]): Promise<VerbContext[]> {
  const { app, runs } = appThatRecords();
  await buildProgram(app).parseAsync(args, { from: 'user' });
  return runs;
}

/** Code and message of what is wrong with a command line. */
async function complaint(...args: string[]): Promise<string> {
  const error: unknown = await parse(...args).catch((reason: unknown) => reason);
  const usage = error instanceof CommanderError ? usageErrorOf(error, 'unroll-x') : (error as UsageError);
  return `${usage?.code}: ${usage?.message}`;
}

describe('command lines', () => {
  test('a verb takes one argument, or several where it says so', async () => {
    const [context] = await parse('chant', 'a.txt', 'b.txt');
    expect(context).toMatchObject({ argument: 'a.txt', arguments: ['a.txt', 'b.txt'] });
    expect(await complaint('hum', 'a.txt', 'b.txt')).toMatch(/^usage\/arguments: .*too many arguments/);
  });

  test('flags are read into camel case, repeated ones into a list', async () => {
    const [context] = await parse(
      'hum',
      'tune.txt',
      '--length',
      '3',
      '--set',
      'a=1',
      '--set',
      'b=2',
      '--loud',
      '--json',
    );
    expect(context!.flags).toEqual({ length: 3, set: ['a=1', 'b=2'], loud: true, json: true });
    expect(context!.argument).toBe('tune.txt');
    expect(context!.output).toMatchObject({ json: true, quiet: false });
  });

  test('a verb has an alias, and - is an argument', async () => {
    const [context] = await parse('predict', '-');
    expect(context!.argument).toBe('-');
    expect(context!.flags).toEqual({});
  });

  test('every app has the shared commands', () => {
    const names = buildProgram(appThatRecords().app).commands.map((command) => command.name());
    expect(names).toEqual(['train', 'evaluate', 'inspect', 'doctor', 'hum', 'chant']);
  });

  test('a verb of an app stands in the place of a shared one of its name', async () => {
    const { app, runs } = appThatRecords();
    const [hum] = app.verbs;
    const program = buildProgram({ ...app, verbs: [{ ...hum!, name: 'evaluate', alias: 'score' }, hum!] });
    expect(program.commands.map((command) => command.name())).toEqual([
      'train',
      'evaluate',
      'inspect',
      'doctor',
      'hum',
    ]);
    await program.parseAsync(['evaluate', '--length', '4'], { from: 'user' });
    expect(runs[0]!.flags).toEqual({ length: 4 });
  });

  test('a flag can stand for a setting, whose value is told as JSON', async () => {
    const { app, runs } = appThatRecords();
    const [hum] = app.verbs;
    const flags = [
      { usage: '--time-format <pattern>', description: 'of stamps', setting: 'data.timeFormat' },
      {
        usage: '--levels <list>',
        description: 'some',
        setting: 'levels',
        parse: (text: string) => text.split(',').map(Number),
      },
      { usage: '--horizon <n>', description: 'steps', setting: 'horizon', parse: wholeNumber({ min: 1 }) },
      { usage: '--loud', description: 'more of it' },
    ];
    const program = buildProgram({ ...app, verbs: [{ ...hum!, flags }] });
    await program.parseAsync(['hum', '--levels', '0.1,0.9', '--time-format', '12', '--loud'], { from: 'user' });
    expect(runs[0]!.settings()).toEqual(['data.timeFormat="12"', 'levels=[0.1,0.9]']);
  });

  test.each([
    [['sing'], "unroll: unknown command 'sing'; see unroll-x --help"],
    [['hom'], "unroll: unknown command 'hom' (Did you mean hum?); see unroll-x --help"],
    [['hum', '--lenght', '3'], "unroll: unknown option '--lenght' (Did you mean --length?); see unroll-x --help"],
    [['hum', '--length'], "unroll: option '--length <n>' argument missing; see unroll-x --help"],
    [['hum', '--length', 'x'], "unroll: --length needs a whole number from 1 on, got 'x'"],
    [['hum', 'a', 'b'], "unroll: too many arguments for 'hum'. Expected 1 argument but got 2; see unroll-x --help"],
    [['train', '--engine', 'gpu'], "unroll: --engine needs one of native, tensorflow, cpu, got 'gpu'"],
    [['train', '--set', 'seed'], "unroll: --set needs key=value, got 'seed'"],
    [['evaluate', '--threads', '0'], "unroll: --threads needs a whole number from 1 to 1024, got '0'"],
  ])('%j is told in one line', async (args, message) => {
    expect(await complaint(...args)).toMatch(/^usage\/\w+: /);
    expect(await complaint(...args)).toContain(`: ${message}`);
  });
});
