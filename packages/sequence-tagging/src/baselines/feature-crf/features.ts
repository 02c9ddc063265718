import { otherFeatures } from '../../examples.js';
import type { Sentence } from '../../types.js';
import { templatesFor, wordAttribute, type AttributeName, type Template } from './templates.js';

/** Of an attribute: what stands before and after a sentence, and values that training does not have. */
const outsideId = 0;
const unseenId = 1;
const firstValueId = 2;

/** The features of sentences, as rows of a table of weights. Fixed once it is made of the training sentences. */
export interface FeatureSpace {
  readonly templates: readonly Template[];
  /** rows of the table */
  readonly size: number;
  /**
   * One row for each template, in their order.
   *
   * @returns `[token, template]`
   * @throws {DataError} `data/columns` for a sentence with other feature columns
   */
  encode(sentence: Sentence): Int32Array;
}

/** One fact about tokens: its values by number. */
interface Attribute {
  readonly name: AttributeName;
  readonly ids: Map<string, number>;
}

/** A template whose attributes are known by number. */
interface Lookup {
  readonly parts: readonly { readonly attribute: number; readonly offset: number }[];
  /** rows of the table by the number of the combination */
  readonly rows: Map<number, number>;
}

/**
 * Every combination of values that occurs at least `minimumCount` times in training is a feature of its template; each
 * template has one more, which stands for all others, so that every token has exactly one feature of each template.
 */
export function collectFeatures(
  sentences: readonly Sentence[],
  { featureColumns, minimumCount }: { readonly featureColumns: number; readonly minimumCount: number },
): { readonly space: FeatureSpace; readonly encoded: readonly Int32Array[] } {
  const templates = templatesFor(featureColumns);
  const attributes = attributesOf(templates);
  const lookups = templates.map((template): Lookup => {
    const parts = template.map(({ attribute, offset }) => ({
      attribute: attributes.findIndex(({ name }) => name === attribute),
      offset,
    }));
    return { parts, rows: new Map() };
  });
  const reader = new AttributeReader(attributes);
  for (const sentence of sentences) reader.learn(sentence);
  const provisional = new ProvisionalRows(lookups);
  const sizes = attributes.map(({ ids }) => ids.size + firstValueId);
  const encoded = sentences.map((sentence) =>
    encodeWith({ lookups, sizes, ids: reader.read(sentence), length: sentence.tokens.length }, provisional.row),
  );
  const { rows, size } = provisional.keep(minimumCount);
  for (const array of encoded) array.forEach((row, i) => (array[i] = rows[row]!));
  const known = (template: number, key: number) => lookups[template]!.rows.get(key) ?? template;
  const encode = (sentence: Sentence) => {
    const { line, tokens, features } = sentence;
    if (features.length !== featureColumns) throw otherFeatures(line, features.length, featureColumns);
    return encodeWith({ lookups, sizes, ids: reader.read(sentence), length: tokens.length }, known);
  };
  return { space: { templates, size, encode }, encoded };
}

function attributesOf(templates: readonly Template[]): readonly Attribute[] {
  const names = new Set(templates.flatMap((template) => template.map(({ attribute }) => attribute)));
  return [...names].map((name) => ({ name, ids: new Map<string, number>() }));
}

/** Numbers of the values of all attributes of a sentence's tokens; what follows from a word is found once a word. */
class AttributeReader {
  readonly #attributes: readonly Attribute[];
  /** `[attribute of words]`, by word of training */
  readonly #words = new Map<string, Int32Array>();

  constructor(attributes: readonly Attribute[]) {
    this.#attributes = attributes;
  }

  /** Gives numbers to values that have none yet. */
  learn({ tokens, features }: Sentence): void {
    for (const word of tokens) {
      if (this.#words.has(word)) continue;
      this.#words.set(
        word,
        this.#wordIds(word, (ids, value) => addValue(ids, value)),
      );
    }
    this.#attributes.forEach(({ name, ids }) => {
      if (isColumn(name)) features[columnOf(name)]!.forEach((value) => addValue(ids, value));
    });
  }

  /** @returns `[attribute]`, each `[token]` */
  read({ tokens, features }: Sentence): readonly Int32Array[] {
    const words = tokens.map((word) => this.#words.get(word) ?? this.#wordIds(word, valueId));
    return this.#attributes.map(({ name, ids }, attribute) => {
      if (!isColumn(name)) return Int32Array.from(words, (word) => word[attribute]!);
      return Int32Array.from(features[columnOf(name)]!, (value) => valueId(ids, value));
    });
  }

  #wordIds(word: string, idOf: (ids: Map<string, number>, value: string) => number): Int32Array {
    return Int32Array.from(this.#attributes, ({ name, ids }) =>
      isColumn(name) ? outsideId : idOf(ids, wordAttribute(name, word)),
    );
  }
}

function isColumn(name: AttributeName): boolean {
  return name.startsWith('feature');
}

function columnOf(name: AttributeName): number {
  return Number(name.slice('feature'.length));
}

function addValue(ids: Map<string, number>, value: string): number {
  const id = ids.get(value) ?? ids.size + firstValueId;
  ids.set(value, id);
  return id;
}

function valueId(ids: Map<string, number>, value: string): number {
  return ids.get(value) ?? unseenId;
}

interface EncodedAttributes {
  readonly lookups: readonly Lookup[];
  /** `[attribute]`: numbers that its values have */
  readonly sizes: readonly number[];
  /** `[attribute]`, each `[token]` */
  readonly ids: readonly Int32Array[];
  readonly length: number;
}

/** @param rowOf - the row of a combination of values; not asked where a value is unseen: that is the template's own row */
function encodeWith(
  { lookups, sizes, ids, length }: EncodedAttributes,
  rowOf: (template: number, key: number) => number,
): Int32Array {
  const rows = new Int32Array(length * lookups.length);
  lookups.forEach(({ parts }, template) => {
    for (let token = 0; token < length; token++) {
      let key = 0;
      for (const { attribute, offset } of parts) {
        const place = token + offset;
        const id = place < 0 || place >= length ? outsideId : ids[attribute]![place]!;
        if (id === unseenId) key = Number.NaN;
        key = key * sizes[attribute]! + id;
      }
      rows[token * lookups.length + template] = Number.isNaN(key) ? template : rowOf(template, key);
    }
  });
  return rows;
}

/** Gives every combination a row and counts it; the frequent ones are then kept. */
class ProvisionalRows {
  readonly #lookups: readonly Lookup[];
  /** by row; those of the templates themselves are the first */
  readonly #counts: number[];

  constructor(lookups: readonly Lookup[]) {
    this.#lookups = lookups;
    this.#counts = lookups.map(() => 0);
  }

  readonly row = (template: number, key: number): number => {
    const { rows } = this.#lookups[template]!;
    let row = rows.get(key);
    if (row === undefined) {
      row = this.#counts.length;
      rows.set(key, row);
      this.#counts.push(0);
    }
    this.#counts[row]!++;
    return row;
  };

  /** Forgets the rare ones. @returns the new row of each row */
  keep(minimumCount: number): { readonly rows: Int32Array; readonly size: number } {
    const rows = new Int32Array(this.#counts.length);
    let size = this.#lookups.length;
    this.#lookups.forEach((lookup, template) => {
      rows[template] = template;
      for (const [key, row] of lookup.rows) {
        const kept = this.#counts[row]! >= minimumCount;
        rows[row] = kept ? size++ : template;
        if (kept) lookup.rows.set(key, rows[row]);
        else lookup.rows.delete(key);
      }
    });
    return { rows, size };
  }
}
