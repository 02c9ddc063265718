import { CommanderError } from 'commander';
import { UsageError } from '@unroll/core/errors';
import type { AppDefinition } from './app.js';
import { describeFailure } from './exit-codes.js';
import { endQuietlyWithReader } from './output.js';
import { buildProgram, usageErrorOf } from './program.js';

export interface App {
  /** Runs one command line and sets the exit code of the process. Never throws. */
  run(argv?: readonly string[]): Promise<void>;
}

/**
 * The command line of an app: the shared commands train, evaluate, inspect and doctor, and the task's own verbs.
 *
 * Exit codes: 0 done, 1 failed, 2 used wrongly, 130 and 143 stopped by SIGINT and SIGTERM after saving.
 */
export function defineApp(definition: AppDefinition): App {
  return {
    async run(argv = process.argv.slice(2)) {
      endQuietlyWithReader();
      try {
        await parse(definition, argv);
      } catch (error) {
        const failure = await describeFailure(error);
        process.stderr.write(`${failure.message}\n`);
        process.exitCode = failure.exitCode;
      }
    },
  };
}

async function parse(definition: AppDefinition, argv: readonly string[]): Promise<void> {
  const program = buildProgram(definition);
  const names = program.commands.map((command) => command.name()).join(', ');
  if (argv.length === 0)
    throw new UsageError('usage/command', `name a command: ${names}; see ${definition.name} --help`);
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const usage = usageErrorOf(error, definition.name);
    if (usage !== undefined) throw usage;
  }
}
