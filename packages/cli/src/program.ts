import { Command, Option, type CommanderError } from 'commander';
import { UsageError } from '@unroll/core/errors';
import type { AppDefinition, Flag, Verb, VerbContext } from './app.js';
import { exitCodes } from './exit-codes.js';
import { flagSettings, type EngineFlags, type OutputFlags } from './flags.js';
import { Output } from './output.js';
import { sharedVerbs } from './shared-verbs.js';
import { ValueError } from './values.js';

/** The parser of an app: its commands with their flags. Nothing is printed but help and the version. */
export function buildProgram(app: AppDefinition): Command {
  const program = quiet(new Command(app.name))
    .description(app.description)
    .version(app.version, '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help of a command')
    .configureHelp({ helpWidth: Math.min(process.stdout.columns ?? 100, 120) })
    .addHelpText('after', closingHelp(app));
  for (const verb of verbsOf(app)) program.addCommand(buildCommand(app, verb));
  return program;
}

/** The shared ones first; an app's own of the same name stands in its place. */
function verbsOf(app: AppDefinition): readonly Verb[] {
  const own = new Map(app.verbs.map((verb) => [verb.name, verb]));
  const shared = sharedVerbs(app).map((verb) => own.get(verb.name) ?? verb);
  return [...new Set([...shared, ...app.verbs])];
}

function closingHelp(app: AppDefinition): string {
  const examples = app.examples.map((example) => `  ${example}\n`).join('');
  return `
Examples:
${examples}
Results go to standard output, progress to standard error. Exit codes: 0 done, 1 failed, 2 wrong usage,
130 and 143 stopped by SIGINT and SIGTERM after saving a checkpoint.`;
}

function buildCommand(app: AppDefinition, verb: Verb): Command {
  const command = quiet(new Command(verb.name))
    .description(verb.summary)
    .helpOption('-h, --help', 'print help')
    .configureHelp({ helpWidth: Math.min(process.stdout.columns ?? 100, 120) });
  if (verb.alias !== undefined) command.alias(verb.alias);
  if (verb.argument !== undefined) {
    const { name, description, several = false } = verb.argument;
    command.argument(several ? `[${name}...]` : `[${name}]`, description);
  }
  for (const flag of verb.flags) command.addOption(buildOption(flag));
  command.action(() => verb.run(contextOf(app, verb, command)));
  return command;
}

/** What needs TensorFlow.js is loaded when it is called. */
function contextOf(app: AppDefinition, verb: Verb, command: Command): VerbContext {
  const flags: OutputFlags = command.opts();
  const [argument] = command.args;
  const context: VerbContext = {
    app,
    flags: command.opts(),
    output: new Output({ quiet: flags.quiet ?? false, json: flags.json ?? false }),
    ...(argument !== undefined && { argument }),
    arguments: command.args,
    openModel: async () => (await import('./model-folder.js')).openModel(context),
    openFile: async (path) => (await import('./data.js')).openFile(path),
    openData: async (name) => {
      const task = await app.task();
      return (await import('./data.js')).openRunData(
        { data: name, taskName: task.name, trees: app.fileTrees ?? false },
        context.output,
      );
    },
    openSplit: async (name, split) => {
      const choice = { data: name, split, trees: app.fileTrees ?? false };
      return (await import('./data.js')).openEvaluationData(choice, context.output);
    },
    writeResult: async (place, produce) =>
      (await import('./write-result.js')).writeResult(context.output, place, produce),
    startEngine: async () => {
      const engine: EngineFlags = context.flags;
      await (await import('./engine.js')).startEngine(engine, context.output);
    },
    settings: () => flagSettings(verb.flags, context.flags),
  };
  return context;
}

function buildOption(flag: Flag): Option {
  const option = new Option(flag.usage, flag.description);
  const read = (text: string): unknown => {
    try {
      return flag.parse === undefined ? text : flag.parse(text);
    } catch (error) {
      if (error instanceof ValueError)
        throw new UsageError('usage/value', `${option.long ?? flag.usage} ${error.message}`);
      throw error;
    }
  };
  if (option.isBoolean()) return option;
  return option.argParser<unknown>((text, previous) =>
    flag.repeatable === true ? [...((previous as readonly unknown[] | undefined) ?? []), read(text)] : read(text),
  );
}

/** Errors are thrown and printed in one place, by one rule. */
function quiet(command: Command): Command {
  return command.exitOverride().configureOutput({ outputError: () => {} });
}

/** Commander's complaints in the form of ours; `undefined` for help and version, which are no failures. */
export function usageErrorOf(error: CommanderError, program: string): UsageError | undefined {
  if (error.exitCode === exitCodes.done || error.message === '(outputHelp)') return undefined;
  const complaint = error.message.replace(/^error: /, '').replace(/\s*\n\s*\(?/g, ' (');
  return new UsageError('usage/arguments', `${complaint.replace(/\.$/, '')}; see ${program} --help`);
}
