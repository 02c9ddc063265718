import { convertTags } from '../schemes/convert.js';
import { inspectScheme, type DetectedScheme } from '../schemes/detect.js';
import type { SchemeName } from '../schemes/scheme-names.js';
import { outside, prefixesOf, tagParts } from '../schemes/tag-parts.js';
import type { SentenceSet } from '../tag-columns.js';
import { columnLabel, counted, listed, percent, PlaceTally, tokenPlace, type Finding } from './finding.js';

/** The tags of one column, by sentence. */
export function tagRows({ sentences }: SentenceSet, column: number): readonly (readonly string[])[] {
  return sentences.map(({ tags }) => tags?.[column] ?? []);
}

/**
 * What is odd about the scheme of one column in one file.
 *
 * @param expected - the scheme of the training file
 */
export function schemeFindings(
  set: SentenceSet,
  column: number,
  { scheme: expected, name: trainName }: { readonly scheme: SchemeName; readonly name: string },
): readonly Finding[] {
  const found = inspectScheme(tagRows(set, column));
  if (expected === 'none') return unclearScheme(set, column, found);
  return [
    ...(set.name === trainName ? [] : otherScheme(set, column, { found, expected, trainName })),
    ...illegalTags(set, column, expected),
    ...tagsWithoutPrefix(set, column, expected),
  ];
}

/** Half of the tags look like those of spans, and the column is read as one without. */
function unclearScheme({ name, columns }: SentenceSet, column: number, found: DetectedScheme): readonly Finding[] {
  const { scheme, tagged, unknown } = found;
  if (scheme !== 'none' || tagged === 0 || unknown > tagged / 2) return [];
  const like = `${percent(tagged - unknown, tagged)} of its tags other than O have a prefix and a type, as B-PER has`;
  const message = `${columnLabel(columns.tags[column]!)}: ${like}, but no scheme fits; every tag stands for itself, unless --scheme says otherwise`;
  return [{ severity: 'warning', code: 'scheme/unclear', file: name, message, places: [] }];
}

function otherScheme(
  { name, columns }: SentenceSet,
  column: number,
  {
    found,
    expected,
    trainName,
  }: { readonly found: DetectedScheme; readonly expected: SchemeName; readonly trainName: string },
): readonly Finding[] {
  if (found.tagged === 0 || found.scheme === expected || found.alsoFits.includes(expected)) return [];
  const message = `${columnLabel(columns.tags[column]!)} looks like ${found.scheme} here and like ${expected} in ${trainName}; convert one of the files, or scores will be wrong`;
  return [{ severity: 'error', code: 'scheme/other', file: name, message, places: [] }];
}

/** Tags that the scheme would write otherwise for the spans that conlleval reads. */
function illegalTags(
  { name, columns, sentences }: SentenceSet,
  column: number,
  scheme: SchemeName,
): readonly Finding[] {
  const tally = new PlaceTally();
  for (const sentence of sentences) {
    const tags = sentence.tags?.[column] ?? [];
    const { tags: legal } = convertTags(tags, scheme, scheme);
    tags.forEach((tag, t) => {
      if (tag === legal[t]) return;
      const before = t === 0 ? 'the beginning' : tags[t - 1]!;
      const after = t === tags.length - 1 ? 'the end' : tags[t + 1]!;
      const text = `${sentence.tokens[t]!}: ${tag} between ${before} and ${after}, read as ${legal[t]!}`;
      tally.add(tokenPlace(sentence, t, text));
    });
  }
  if (tally.count === 0) return [];
  const message = `${columnLabel(columns.tags[column]!)}: ${counted(tally.count, 'tag is', 'tags are')} illegal in ${scheme}; training repairs them as conlleval reads them`;
  return [{ severity: 'warning', code: 'scheme/illegal', file: name, message, places: tally.places }];
}

/** `PER` or `B_PER` in a column of `B-PER`. */
function tagsWithoutPrefix(
  { name, columns, sentences }: SentenceSet,
  column: number,
  scheme: SchemeName,
): readonly Finding[] {
  const known = new Set(prefixesOf(scheme));
  const tally = new PlaceTally();
  const names = new Set<string>();
  for (const sentence of sentences) {
    sentence.tags?.[column]?.forEach((tag, t) => {
      if (tag === outside || known.has(tagParts(tag, 'none').prefix)) return;
      names.add(tag);
      tally.add(tokenPlace(sentence, t, `${sentence.tokens[t]!}: ${tag}`));
    });
  }
  if (tally.count === 0) return [];
  const message = `${columnLabel(columns.tags[column]!)}: ${counted(tally.count, 'tag is', 'tags are')} neither O nor ${[...known].map((prefix) => `${prefix}-`).join(', ')} and a type: ${listed([...names])}`;
  return [{ severity: 'warning', code: 'scheme/no-prefix', file: name, message, places: tally.places }];
}
