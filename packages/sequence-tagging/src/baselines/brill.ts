import { breathe } from '@unroll/core';
import type { ColumnTagger, LabelledSentence } from './column-tagger.js';
import { sampleEvenly } from './sample-evenly.js';
import { createWordLexicon } from './word-lexicon.js';

/**
 * The templates of `natural` that are learnt from: tags and words beside the token, and how the word looks. Those with the
 * current word as a parameter throw in natural 8.1, and are left out.
 */
const templateNames = [
  'NEXT-TAG',
  'PREV-TAG',
  'NEXT2TAG',
  'PREV-1-OR-2-TAG',
  'NEXT1OR2TAG',
  'SURROUNDTAG',
  'PREV-WORD-IS',
  'NEXTWD',
  'CURRENT-WORD-ENDS-WITH',
  'CURRENT-WORD-IS-CAP',
  'CURRENT-WORD-IS-NUMBER',
];

/** Rules are learnt from the first sentences with so many tokens: the time is that of rules times tokens. The lexicon has all. */
const corpusTokens = 20_000;
/** a rule that mends fewer tokens than it spoils, plus this, is not taken */
const minimumScore = 4;
const maximumRounds = 3;

/**
 * Brill's tagger (1995) as `natural` has it, fitted to the training sentences: every word gets its most frequent tag, then rules such as
 * "NOUN becomes VERB after PART" change tags. natural's trainer scores all rules once; so that a later rule sees what an earlier one
 * did, it is run anew after the best rule of each pair of tags has been applied, up to three rounds. Rules come from an even sample of
 * 20,000 tokens and must mend 4 tokens more than they spoil; there a word that occurs once is taken for an unknown one,
 * or rules would see none.
 */
export async function brillTagger(sentences: readonly LabelledSentence[], signal?: AbortSignal): Promise<ColumnTagger> {
  const natural = await loadNatural();
  const lexicon = createWordLexicon(sentences);
  const corpus = sampleEvenly(sentences, corpusTokens).map(({ tokens, tags }) =>
    tokens.map((word, token): CorpusToken => {
      const { tag } = lexicon.once.has(word) ? lexicon.unknown : lexicon.lookUp(word);
      return { word: wordOf(word), gold: tags[token]!, tag };
    }),
  );
  const rounds: BrillTagger[] = [];
  for await (const round of learnRounds(natural, corpus)) {
    signal?.throwIfAborted();
    rounds.push(round);
  }
  return {
    tag: (group) =>
      group.map(({ tokens }) => {
        const words = tokens.map((word) => ({ token: wordOf(word), tag: lexicon.lookUp(word).tag }));
        const sentence = new natural.Sentence(words);
        rounds.forEach((tagger) => tagger.applyRules(sentence));
        return { tags: words.map(({ tag }) => tag) };
      }),
  };
}

/** A token as the rules found so far have tagged it. */
interface CorpusToken {
  readonly word: string;
  readonly gold: string;
  tag: string;
}

/** natural looks at the first letter. */
function wordOf(word: string): string {
  return word === '' ? ' ' : word;
}

/** Rules of natural's trainer, round after round, each from where the rounds before have led. `corpus` is tagged on the way. */
async function* learnRounds(
  natural: Natural,
  corpus: readonly (readonly CorpusToken[])[],
): AsyncGenerator<BrillTagger, void> {
  const templates = templateNames.map((name) => new natural.RuleTemplate(name, natural.ruleTemplates[name]));
  for (let round = 0; round < maximumRounds; round++) {
    await breathe();
    const rules = bestOfEachPair(trainOnce(natural, { corpus, templates }));
    if (rules.length === 0) return;
    const ruleSet = new natural.RuleSet();
    ruleSet.rules = Object.fromEntries(rules.map((rule) => [rule.key(), rule]));
    const tagger = new natural.BrillPOSTagger(noLexicon, ruleSet);
    for (const tokens of corpus) {
      const sentence = new natural.Sentence(tokens.map(({ word, tag }) => ({ token: word, tag })));
      tagger.applyRules(sentence);
      sentence.taggedWords.forEach(({ tag }, i) => (tokens[i]!.tag = tag));
    }
    yield tagger;
  }
}

/** Words come with their tags. */
const noLexicon: Lexicon = { tagWord: () => [] };

function trainOnce(
  natural: Natural,
  { corpus, templates }: { corpus: readonly (readonly CorpusToken[])[]; templates: readonly object[] },
): readonly Rule[] {
  const sentences = corpus.map((tokens) => {
    return new natural.Sentence(tokens.map(({ word, gold, tag }) => ({ token: word, tag: gold, testTag: tag })));
  });
  const trainer = new natural.BrillPOSTrainer(minimumScore);
  trainer.scanForPositiveRules = () => proposeFrequentRules(trainer);
  // The tags are there already.
  return trainer.train({ sentences, tag: () => {} }, templates, noLexicon).getRules();
}

/**
 * Instead of natural's own scan, which keeps every rule that would mend a single token: a rule cannot score more than the tokens it was
 * proposed for, so those that come up less often need not be tried on the whole corpus.
 */
function proposeFrequentRules(trainer: Trainer): void {
  const proposals = new Map<string, number>();
  trainer.corpus.sentences.forEach(({ taggedWords }, sentence) => {
    taggedWords.forEach(({ tag, testTag }, token) => {
      if (tag === testTag) return;
      for (const rule of trainer.generatePositiveRules(sentence, token).getRules()) {
        const key = rule.key();
        const count = (proposals.get(key) ?? 0) + 1;
        proposals.set(key, count);
        if (count === minimumScore) trainer.positiveRules.rules[key] = rule;
      }
    });
  });
}

/** The best rule from each tag to each other: rules of one pair compete for the same tokens. Best first. */
function bestOfEachPair(rules: readonly Rule[]): readonly Rule[] {
  const ranked = [...rules].sort((a, b) => b.score() - a.score() || (a.key() < b.key() ? -1 : 1));
  const pairs = new Set<string>();
  return ranked.filter(({ oldCategory, newCategory }) => {
    const pair = JSON.stringify([oldCategory, newCategory]);
    return !pairs.has(pair) && pairs.add(pair);
  });
}

/** natural is loaded when its tagger is asked for, and only this folder: its index opens database drivers. */
async function loadNatural(): Promise<Natural> {
  const { default: natural } = (await import('natural/lib/natural/brill_pos_tagger/index.js')) as unknown as {
    default: Natural;
  };
  return natural;
}

/** A token of natural's sentences; `tag` is what rules look at. */
interface TaggedWord {
  readonly token: string;
  tag: string;
  testTag?: string;
}

/** What is used of natural, whose own types call much of it private. */
interface Natural {
  readonly Sentence: new (words?: TaggedWord[]) => NaturalSentence;
  readonly RuleSet: new () => RuleSet;
  readonly RuleTemplate: new (name: string, template: unknown) => object;
  readonly ruleTemplates: Readonly<Record<string, unknown>>;
  readonly BrillPOSTagger: new (lexicon: Lexicon, rules: RuleSet) => BrillTagger;
  readonly BrillPOSTrainer: new (minimumScore: number) => Trainer;
}

interface BrillTagger {
  applyRules(sentence: NaturalSentence): unknown;
}

interface NaturalSentence {
  readonly taggedWords: TaggedWord[];
}

interface Rule {
  readonly oldCategory: string;
  readonly newCategory: string;
  key(): string;
  score(): number;
}

interface RuleSet {
  rules: Record<string, Rule>;
  getRules(): Rule[];
}

interface Trainer {
  readonly corpus: Corpus;
  positiveRules: RuleSet;
  train(corpus: Corpus, templates: readonly object[], lexicon: Lexicon): RuleSet;
  generatePositiveRules(sentence: number, token: number): RuleSet;
  scanForPositiveRules(): void;
}

interface Lexicon {
  tagWord(word: string): readonly string[];
}

interface Corpus {
  readonly sentences: readonly NaturalSentence[];
  tag(lexicon: Lexicon): void;
}
