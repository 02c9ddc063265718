import type { SentenceSet } from '../tag-columns.js';
import type { Sentence } from '../types.js';
import { counted, percent, PlaceTally, sentencePlace, tokenPlace, type Finding, type Severity } from './finding.js';

/** longer ones are more likely several, whose empty lines are missing */
const longSentence = 500;

interface TokenRule {
  readonly severity: Severity;
  readonly code: string;
  readonly holds: (token: string) => boolean;
  readonly message: (count: number) => string;
}

const rules: readonly TokenRule[] = [
  {
    severity: 'error',
    code: 'tokens/empty',
    holds: (token) => token.trim() === '',
    message: (count) => `${counted(count, 'token is', 'tokens are')} empty; is another column the token (--token)?`,
  },
  {
    severity: 'warning',
    code: 'tokens/encoding',
    holds: (token) => token.includes('\uFFFD'),
    message: (count) =>
      `${counted(count, 'token has', 'tokens have')} characters that are no UTF-8; save the file as UTF-8`,
  },
  {
    severity: 'warning',
    code: 'tokens/white-space',
    holds: (token) => token.trim() !== '' && /[\s\u200B\uFEFF]/u.test(token),
    message: (count) =>
      `${counted(count, 'token has', 'tokens have')} white space inside, which may be hard to see; to a model it is another word`,
  },
  {
    severity: 'note',
    code: 'tokens/normal-form',
    holds: (token) => token.normalize('NFC') !== token,
    message: (count) =>
      `${counted(count, 'token is', 'tokens are')} not in Unicode's composed form (NFC); to a model é and e with an accent behind are two words`,
  },
];

/** What is odd about the tokens of one file, and the lengths of its sentences. */
export function tokenFindings({ name, sentences }: SentenceSet): readonly Finding[] {
  const tallies = rules.map(() => new PlaceTally());
  const long = new PlaceTally();
  const empty = new PlaceTally();
  for (const sentence of sentences) {
    sentence.tokens.forEach((token, t) => {
      rules.forEach(({ holds }, i) => {
        if (holds(token)) tallies[i]!.add(tokenPlace(sentence, t, JSON.stringify(token)));
      });
    });
    if (sentence.tokens.length > longSentence) long.add(sentencePlace(sentence));
    if (sentence.tokens.length === 0) empty.add(sentencePlace(sentence));
  }
  const found = rules.flatMap(({ severity, code, message }, i): Finding[] => {
    const { count, places } = tallies[i]!;
    return count === 0 ? [] : [{ severity, code, file: name, message: message(count), places }];
  });
  return [...found, ...lengthFindings(name, sentences, { long, empty })];
}

function lengthFindings(
  file: string,
  sentences: readonly Sentence[],
  { long, empty }: { readonly long: PlaceTally; readonly empty: PlaceTally },
): readonly Finding[] {
  const findings: Finding[] = [];
  if (sentences.length === 0) {
    const message = 'there is no sentence in it';
    findings.push({ severity: 'error', code: 'sentences/none', file, message, places: [] });
  }
  if (empty.count > 0) {
    const message = `${counted(empty.count, 'sentence has', 'sentences have')} no token`;
    findings.push({ severity: 'warning', code: 'sentences/empty', file, message, places: empty.places });
  }
  if (long.count > 0) {
    const message = `${counted(long.count, 'sentence has', 'sentences have')} more than ${longSentence} tokens; is the empty line between sentences missing?`;
    findings.push({ severity: 'warning', code: 'sentences/long', file, message, places: long.places });
  }
  const single = sentences.filter(({ tokens }) => tokens.length === 1).length;
  if (sentences.length >= 20 && single > sentences.length / 2) {
    const message = `${percent(single, sentences.length)} of the sentences have one token; is there an empty line behind every token?`;
    findings.push({ severity: 'warning', code: 'sentences/single-tokens', file, message, places: [] });
  }
  return findings;
}
