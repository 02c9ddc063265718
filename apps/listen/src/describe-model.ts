import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatNumber, type ReportSection } from '@unroll/core';
import { fileError } from '@unroll/core/node';
import { modelFiles, parseRecognitionFacts, type RecognitionFacts } from '@unroll/audio-recognition';

/** Classes or symbols that are named. */
const named = 60;

/** What a model hears and what it says, from the files of its run alone. @throws {CheckpointError} for damaged ones */
export async function describeModel(folder: string): Promise<readonly ReportSection[]> {
  const path = join(folder, modelFiles.facts);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileError(error, 'read', path);
  });
  return [soundSection(parseRecognitionFacts(text, path))];
}

function soundSection(facts: RecognitionFacts): ReportSection {
  const { task, sampleRate, featureSize, classes, symbols, mean } = facts;
  const said = task === 'transcribe' ? symbols.tokens.slice(1) : classes.tokens;
  const what = { classify: 'labels', speaker: 'speakers', transcribe: 'symbols' }[task];
  const shown = said.slice(0, named).map((symbol) => (symbol === ' ' ? 'space' : symbol));
  const rows = [
    ['task', task],
    ['sample rate', `${formatNumber(sampleRate)} Hz`],
    ['features of a frame', formatNumber(featureSize)],
    ['statistics of training', mean ? 'mean and deviation of each feature' : 'none'],
    [what, `${formatNumber(said.length)}: ${shown.join(', ')}${said.length > named ? ', …' : ''}`],
  ];
  return { title: 'Sound', paragraphs: [], tables: [{ head: ['of', ''], rows }], pictures: [] };
}
