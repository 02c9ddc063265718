import type { Sentence, SentenceSet } from '@unroll/sequence-tagging';

/** Invented sentences: tokens, then each column of tags. `chunk` in IOB2, `pos` without spans, `features` several labels. */
const rows: readonly (readonly [tokens: string, chunk: string, pos: string, features: string])[] = [
  ['the old baker bakes bread', 'B-NP I-NP I-NP B-VP B-NP', 'D A N V N', 'Def _ Sing Sing|Pres Mass'],
  ['two Bakers bake loaves', 'B-NP I-NP B-VP B-NP', 'M N V N', 'Plur Plur Plur|Pres Plur'],
  ['Mira sold the bread yesterday', 'B-NP B-VP B-NP I-NP B-ADVP', 'E V D N R', 'Sing Past Def Mass _'],
  ['she has baked', 'B-NP B-VP I-VP', 'P X V', 'Sing Sing|Pres Past'],
  ['old Loaves are sold in Lindau', 'B-NP I-NP B-VP I-VP B-PP B-NP', 'A N X V I E', '_ Plur Plur|Pres Past _ Sing'],
  ['yesterday Lindau slept', 'B-ADVP B-NP B-VP', 'R E V', '_ Sing Past'],
  ['the two in the bakery sleep', 'B-NP I-NP B-PP B-NP I-NP B-VP', 'D M I D N V', 'Def Plur _ Def Sing Plur|Pres'],
  ['Bread', 'B-NP', 'N', 'Mass'],
];

const names = ['chunk', 'pos', 'features'] as const;
export type ToyColumn = (typeof names)[number];

/** The corpus with some of its columns, so many times over. */
export function toyCorpus(columns: readonly ToyColumn[], times = 1): SentenceSet {
  const once = rows.map(([tokens, ...tags], i): Sentence => ({
    line: i + 1,
    tokens: tokens.split(' '),
    tags: columns.map((name) => tags[names.indexOf(name)]!.split(' ')),
    features: [],
  }));
  const sentences = Array.from({ length: times }, () => once).flat();
  return { name: 'toy', columns: { tags: columns, features: [] }, sentences };
}
