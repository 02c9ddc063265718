import { labelsOf } from '../schemes/labels.js';
import type { SentenceSet } from '../tag-columns.js';
import { columnLabel, counted, listed, percent, PlaceTally, tokenPlace, type Finding } from './finding.js';

/** What a token's cell counts as: itself, or its labels. */
export type ReadCell = (cell: string) => readonly string[];

export function readCell(labelSeparator: string): ReadCell {
  return labelSeparator === '' ? (cell) => [cell] : (cell) => labelsOf(cell, labelSeparator);
}

/** How often a column of a file has each tag; the most frequent first. */
export function countTags({ sentences }: SentenceSet, column: number, read: ReadCell): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { tags } of sentences) {
    for (const cell of tags?.[column] ?? []) for (const tag of read(cell)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return new Map([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}

interface ColumnOfFile {
  readonly set: SentenceSet;
  readonly column: number;
  readonly counts: ReadonlyMap<string, number>;
}

/** more tags than this are hardly tags */
const manyTags = 500;
const nearlyAll = 0.995;

/** What is odd about the tags that training would learn. */
export function trainedTagFindings({ set: { name: file, columns }, column, counts }: ColumnOfFile): readonly Finding[] {
  const name = columns.tags[column]!;
  const tokens = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const [most] = counts;
  if (!most) return [];
  const findings: Finding[] = [];
  const add = (severity: Finding['severity'], code: string, message: string) =>
    findings.push({ severity, code, file, message: `${columnLabel(name)}: ${message}`, places: [] });
  if (counts.size === 1) {
    add(
      'error',
      'tags/constant',
      `every token has the tag ${most[0]}; there is nothing to learn, name another column by --tag`,
    );
  } else if (most[1] > nearlyAll * tokens) {
    add('warning', 'tags/near-constant', `${percent(most[1], tokens)} of the tokens have the tag ${most[0]}`);
  }
  if (counts.size > manyTags) {
    add('warning', 'tags/many', `${counted(counts.size, 'different tag')}; is it the column that is meant (--tag)?`);
  }
  const once = [...counts].filter(([, count]) => count === 1).map(([tag]) => tag);
  if (once.length > 0 && counts.size > 1) {
    add('note', 'tags/rare', `${counted(once.length, 'tag occurs', 'tags occur')} once in training: ${listed(once)}`);
  }
  return findings;
}

/** Tags that differ in casing, in white space or in what joins their parts alone. */
export function variantFindings(name: string, files: readonly ColumnOfFile[]): readonly Finding[] {
  const variants = new Map<string, Map<string, number>>();
  for (const { counts } of files) {
    for (const [tag, count] of counts) {
      if (!/\p{L}/u.test(tag)) continue; // `:` and `-` are different marks
      const key = tag.toLowerCase().replace(/[\s_\-:/]+/gu, '-');
      const same = variants.get(key) ?? new Map<string, number>();
      variants.set(key, same.set(tag, (same.get(tag) ?? 0) + count));
    }
  }
  return [...variants.values()]
    .filter((same) => same.size > 1)
    .map((same) => {
      const [common, ...others] = [...same].sort(([, m], [, n]) => n - m).map(([tag, count]) => `${tag} (${count})`);
      const places = files.flatMap((file) => firstPlaces(file, [...same.keys()].slice(1)));
      const message = `${columnLabel(name)}: ${listed(others)} may be meant to be ${common}; to a model they are different tags`;
      return {
        severity: 'warning',
        code: 'tags/variants',
        file: files[0]!.set.name,
        message,
        places: places.slice(0, 5),
      };
    });
}

function firstPlaces({ set, column }: ColumnOfFile, tags: readonly string[]) {
  const tally = new PlaceTally();
  for (const sentence of set.sentences) {
    sentence.tags?.[column]?.forEach((tag, t) => {
      if (tags.includes(tag)) tally.add(tokenPlace(sentence, t, `${sentence.tokens[t]!}: ${tag}`));
    });
  }
  return tally.places;
}

/** Tags of a file to evaluate on that training does not have. */
export function unseenTagFindings(
  { set, column, counts }: ColumnOfFile,
  train: ColumnOfFile,
  read: ReadCell,
): readonly Finding[] {
  const unseen = [...counts].filter(([tag]) => !train.counts.has(tag));
  if (unseen.length === 0) return [];
  const names = new Set(unseen.map(([tag]) => tag));
  const tally = new PlaceTally();
  for (const sentence of set.sentences) {
    sentence.tags?.[column]?.forEach((cell, t) => {
      if (read(cell).some((tag) => names.has(tag)))
        tally.add(tokenPlace(sentence, t, `${sentence.tokens[t]!}: ${cell}`));
    });
  }
  const message =
    `${columnLabel(set.columns.tags[column]!)}: ${counted(unseen.length, 'tag')} that training never has, at ${counted(tally.count, 'token')}: ` +
    `${listed(unseen.map(([tag, count]) => `${tag} (${count})`))}; no model can be right there`;
  return [{ severity: 'warning', code: 'tags/unseen', file: set.name, message, places: tally.places }];
}
