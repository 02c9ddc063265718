import { groupsOf } from '../decode.js';
import type { ColumnPrediction, Prediction, Sentence, TagColumn, Tagger, TagOptions } from '../types.js';

/** A sentence with the tags of one column, as the file has them. */
export interface LabelledSentence {
  readonly tokens: readonly string[];
  /** `[token]` */
  readonly tags: readonly string[];
}

/** Tags one column. */
export interface ColumnTagger {
  /** One prediction a sentence, in order. */
  tag(sentences: readonly Sentence[], options: TagOptions): readonly ColumnPrediction[];
  dispose?(): void;
}

/** A tagger of several columns, each by one of its own. */
export function taggerOfColumns(
  name: string,
  columns: readonly TagColumn[],
  taggers: readonly ColumnTagger[],
): Tagger & { dispose(): void } {
  async function* tag(
    sentences: Iterable<Sentence> | AsyncIterable<Sentence>,
    options: TagOptions = {},
  ): AsyncGenerator<Prediction, void> {
    for await (const group of groupsOf(sentences, options)) {
      options.signal?.throwIfAborted();
      const predicted = taggers.map((tagger) => tagger.tag(group, options));
      for (const [i, sentence] of group.entries()) {
        yield { sentence, columns: predicted.map((predictions) => predictions[i]!) };
      }
    }
  }
  return { name, columns, tag, dispose: () => taggers.forEach((tagger) => tagger.dispose?.()) };
}
