import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatNumber, type ReportSection } from '@unroll/core';
import { fileError } from '@unroll/core/node';
import { modelFiles, parseTaggingFacts, type TaggingFacts } from '@unroll/sequence-tagging';

/** Tags of a column that are named. */
const namedTags = 8;

/** The columns of tags and the vocabularies of a run, from its files alone. @throws {CheckpointError} for damaged ones */
export async function describeModel(folder: string): Promise<readonly ReportSection[]> {
  const path = join(folder, modelFiles.facts);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileError(error, 'read', path);
  });
  const facts = parseTaggingFacts(text, path);
  return [tagSection(facts), vocabularySection(facts)];
}

function tagSection({ columns }: TaggingFacts): ReportSection {
  const rows = columns.map(({ name, scheme, trainedScheme, multiLabel, tags, counts }) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const most = tags.tokens.slice(0, namedTags).map((tag, i) => `${tag} ${Math.round((100 * counts[i]!) / total)} %`);
    const rest = tags.size > namedTags ? ', …' : '';
    return [name, multiLabel ? 'labels' : scheme, trainedScheme, formatNumber(tags.size), `${most.join(', ')}${rest}`];
  });
  const head = ['column', 'scheme', 'trained as', 'tags', 'most used in training'];
  return { title: 'Columns of tags', paragraphs: [], tables: [{ head, rows }], pictures: [] };
}

function vocabularySection({ words, wordCounts, characters, suffixes, features }: TaggingFacts): ReportSection {
  const learnt = wordCounts.filter((count) => count > 0).length;
  const rows = [
    ['words', formatNumber(words.size), `${formatNumber(learnt)} of them in training`],
    ['characters', formatNumber(characters.size), ''],
    ...suffixes.map((each, i) => [`suffixes ${i + 1}`, formatNumber(each.size), '']),
    ...features.map((each, i) => [`feature ${i + 1}`, formatNumber(each.size), '']),
  ];
  return { title: 'Vocabularies', paragraphs: [], tables: [{ head: ['of', 'size', ''], rows }], pictures: [] };
}
