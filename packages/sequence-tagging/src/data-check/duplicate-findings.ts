import type { SentenceSet } from '../tag-columns.js';
import type { Sentence } from '../types.js';
import { counted, percent, PlaceTally, sentencePlace, type Finding } from './finding.js';

/** shorter sentences, greetings and the like, are the same by chance */
const shortSentence = 5;
/** of the longer sentences of a test file; more is a leak */
const tolerated = 0.01;

/** Sentences that one file has several times, the same words with other tags, and sentences that are in two files. */
export function duplicateFindings(sets: readonly SentenceSet[]): readonly Finding[] {
  const seen = sets.map(({ sentences }) => firstOfEach(sentences));
  return sets.flatMap((set, i) => [
    ...within(set, seen[i]!),
    ...sets.slice(0, i).flatMap((earlier, j) => between(set, earlier, seen[j]!)),
  ]);
}

type FirstOfEach = ReadonlyMap<string, Sentence>;

/** by their words */
function firstOfEach(sentences: readonly Sentence[]): FirstOfEach {
  const first = new Map<string, Sentence>();
  for (const sentence of sentences) {
    const key = keyOf(sentence);
    if (!first.has(key)) first.set(key, sentence);
  }
  return first;
}

function keyOf({ tokens }: Sentence): string {
  return tokens.join('\n');
}

function within({ name: file, sentences }: SentenceSet, first: FirstOfEach): readonly Finding[] {
  const again = new PlaceTally();
  const otherTags = new PlaceTally();
  for (const sentence of sentences) {
    const earlier = first.get(keyOf(sentence))!;
    if (earlier === sentence || sentence.tokens.length === 0) continue;
    const place = { ...sentencePlace(sentence), text: `as line ${earlier.line}: ${sentencePlace(sentence).text}` };
    again.add(place);
    if (JSON.stringify(earlier.tags) !== JSON.stringify(sentence.tags)) otherTags.add(place);
  }
  const findings: Finding[] = [];
  if (again.count > 0) {
    const message = `${counted(again.count, 'sentence repeats an earlier one', 'sentences repeat earlier ones')} (${percent(again.count, sentences.length)})`;
    findings.push({ severity: 'note', code: 'duplicates/within', file, message, places: again.places });
  }
  if (otherTags.count > 0) {
    const message = `${counted(otherTags.count, 'sentence has', 'sentences have')} other tags than the same words have before`;
    findings.push({ severity: 'warning', code: 'duplicates/other-tags', file, message, places: otherTags.places });
  }
  return findings;
}

function between(set: SentenceSet, earlier: SentenceSet, first: FirstOfEach): readonly Finding[] {
  const shared = new PlaceTally();
  const long = new PlaceTally();
  let longSentences = 0;
  for (const sentence of set.sentences) {
    const isLong = sentence.tokens.length > shortSentence;
    if (isLong) longSentences++;
    const other = first.get(keyOf(sentence));
    if (!other || sentence.tokens.length === 0) continue;
    const place = { ...sentencePlace(sentence), text: `as line ${other.line} there: ${sentencePlace(sentence).text}` };
    shared.add(place);
    if (isLong) long.add(place);
  }
  if (shared.count === 0) return [];
  const isLeak = long.count > tolerated * longSentences;
  const message =
    `${counted(shared.count, 'sentence is', 'sentences are')} in ${earlier.name}, too (${percent(shared.count, set.sentences.length)}), ` +
    `${counted(long.count, 'of them', 'of them')} longer than ${shortSentence} tokens${isLeak ? '; scores there flatter the model' : ''}`;
  return [
    {
      severity: isLeak ? 'warning' : 'note',
      code: 'duplicates/between-splits',
      file: set.name,
      message,
      places: (long.count > 0 ? long : shared).places,
    },
  ];
}
