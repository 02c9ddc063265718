import { columns as alignedColumns, exitCodes, type RunData, type VerbContext } from '@unroll/cli';
import { formatNumber } from '@unroll/core';
import { UsageError } from '@unroll/core/errors';
import { checkSentences, describeFindings, type ColumnCheck, type DataCheck } from '@unroll/sequence-tagging';
import { readSplits } from '../splits.js';
import { taggingApp } from '../task.js';

interface CheckFlags {
  readonly valid?: string;
  readonly test?: string;
}

/** Tags of a column that the table has. */
const shownTags = 40;

/** Looks files through before anything is trained on them; ends with 1 where it found an error. */
export async function check(context: VerbContext): Promise<void> {
  const { output } = context;
  const data = await openFiles(context);
  const config = taggingApp.configure({ defaults: data.settings, settings: context.settings() });
  const { sets, data: found } = await readSplits(data, config.data, (message) => output.log(message));
  const result = checkSentences(sets, { data: found });
  const errors = result.findings.filter(({ severity }) => severity === 'error').length;
  if (output.json) await output.object({ data: data.name, errors, ...result });
  else await output.write(textOf(result));
  if (errors > 0) process.exitCode = exitCodes.failed;
}

/** Files by place or by flag: what is learnt from, the validation file, the test file. */
async function openFiles(context: VerbContext): Promise<RunData> {
  const flags: CheckFlags = context.flags;
  const [train, valid = flags.valid, test = flags.test, ...others] = context.arguments;
  if (train === undefined) throw new UsageError('usage/data', 'name the files to check: check TRAIN [VALID [TEST]]');
  if (others.length > 0) {
    throw new UsageError(
      'usage/arguments',
      `check takes up to three files, TRAIN VALID TEST; ${others[0]} is one more`,
    );
  }
  return {
    ...(await context.openData(train)),
    ...(valid !== undefined && { valid: await context.openFile(valid) }),
    ...(test !== undefined && { test: await context.openFile(test) }),
  };
}

function textOf({ splits, columns, findings }: DataCheck): string {
  const rows = splits.map(({ split, file, sentences, tokens, words, longest }) => [
    split,
    file,
    ...[sentences, tokens, words].map(formatNumber),
    longest === undefined ? '' : `${formatNumber(longest.tokens)} (line ${longest.line})`,
  ]);
  const head = ['', 'file', 'sentences', 'tokens', 'words', 'longest sentence'];
  const lines = findings.length === 0 ? ['nothing to complain of'] : describeFindings(findings);
  return [
    alignedColumns([head, ...rows], 2),
    ...columns.map((column) =>
      columnText(
        column,
        splits.map(({ split }) => split),
      ),
    ),
    `${lines.join('\n')}\n`,
  ].join('\n');
}

function columnText({ column, multiLabel, scheme, tags }: ColumnCheck, splits: readonly string[]): string {
  const kind = multiLabel
    ? 'several labels a token'
    : scheme.scheme === 'none'
      ? 'no spans'
      : `spans in ${scheme.scheme}`;
  const rows = tags.slice(0, shownTags).map(({ tag, counts }) => [tag, ...counts.map(formatNumber)]);
  const left = tags.length > shownTags ? `  and ${formatNumber(tags.length - shownTags)} more\n` : '';
  return `column ${column}: ${formatNumber(tags.length)} tags, ${kind}\n${alignedColumns([['', ...splits], ...rows], 1)}${left}`;
}
