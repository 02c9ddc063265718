import { Vocabulary } from '@unroll/core';
import type { ColumnPrediction, Prediction, Sentence, TagColumn, Tagger } from '../../src/index.js';

/** A column whose tags are of no matter to what is tested. */
export function column(name: string, options: Partial<TagColumn> = {}): TagColumn {
  const tags = new Vocabulary(['O']);
  return { name, scheme: 'iob2', trainedScheme: 'iob2', multiLabel: false, tags, counts: [1], ...options };
}

/** One sentence of a test: words and, for each column, true tags, all apart by blanks. */
export function sentence(words: string, ...tags: readonly string[]): Sentence {
  return { line: 1, tokens: cut(words), tags: tags.map(cut), features: [] };
}

export function cut(text: string): readonly string[] {
  return text === '' ? [] : text.split(' ');
}

/** A tagger that says what it was given to say, sentence by sentence. */
export class TableTagger implements Tagger {
  readonly name: string;
  readonly columns: readonly TagColumn[];
  readonly #answers: readonly (readonly ColumnPrediction[])[];

  constructor(name: string, columns: readonly TagColumn[], answers: readonly (readonly ColumnPrediction[])[]) {
    this.name = name;
    this.columns = columns;
    this.#answers = answers;
  }

  async *tag(sentences: Iterable<Sentence> | AsyncIterable<Sentence>): AsyncIterable<Prediction> {
    let index = 0;
    for await (const sentence of sentences) yield { sentence, columns: this.#answers[index++]! };
  }
}
