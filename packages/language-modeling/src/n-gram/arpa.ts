import { DataError, linesOf, type ByteSource } from '@unroll/core';
import { beginnings, childOf, orderByKey } from './levels.js';
import { NGramModel, spaceWord, specialWords, type ScoredLevel } from './n-gram-model.js';

/** More than models have that fit into memory; a file that announces more is none. */
const limits = { order: 10, nGrams: 200_000_000, lineLength: 1_000_000 } as const;
/** log₁₀ p of unknown words, for a file without `<unk>` */
const unlikely = -100;
const piece = 1 << 16;

/** A model as an ARPA file, in pieces of text. */
export function* writeArpa(model: NGramModel): Generator<string, void> {
  let text = `\\data\\\n${model.levels.map(({ words }, n) => `ngram ${n + 1}=${words.length}\n`).join('')}`;
  const path = new Int32Array(model.order);
  for (const [n, level] of model.levels.entries()) {
    text += `\n\\${n + 1}-grams:\n`;
    for (const node of nodesWithWords(model.levels, n, path)) {
      const words = Array.from(path.subarray(0, n + 1), (id) => model.words[id]!).join(' ');
      const hasLonger = level.begin !== undefined && level.begin[node + 1]! > level.begin[node]!;
      const backOff = hasLonger ? `\t${numberText(level.backOffs![node]!)}` : '';
      text += `${numberText(level.logProbabilities[node]!)}\t${words}${backOff}\n`;
      if (text.length < piece) continue;
      yield text;
      text = '';
    }
  }
  yield `${text}\n\\end\\\n`;
}

/** The nodes of a level in order; `path` holds the words of each while it is there. */
function* nodesWithWords(levels: readonly ScoredLevel[], n: number, path: Int32Array): Generator<number, void> {
  if (n === 0) {
    for (const word of levels[0]!.words) {
      path[0] = word;
      yield word;
    }
    return;
  }
  for (const parent of nodesWithWords(levels, n - 1, path)) {
    const { begin } = levels[n - 1]!;
    for (let node = begin![parent]!; node < begin![parent + 1]!; node++) {
      path[n] = levels[n]!.words[node]!;
      yield node;
    }
  }
}

/** As many digits as tell every number of 32 bits from the next. */
function numberText(value: number): string {
  return String(Number(value.toPrecision(9)));
}

/**
 * Reads an ARPA file. Its words are characters where `<space>` is one of them. A file without `<unk>` gives unknown words 10⁻¹⁰⁰.
 *
 * @throws {DataError} `data/arpa` naming the line; and as reading text
 */
export async function parseArpa(source: ByteSource): Promise<NGramModel> {
  const lines = new ArpaLines(source);
  const sizes = await readSizes(lines);
  const words: string[] = [];
  const ids = new Map<string, number>();
  const sections: Section[] = [];
  for (const [n, size] of sizes.entries()) {
    const section = new Section(n + 1, size, n === sizes.length - 1);
    await readSection(lines, section, { sections, words, ids });
    sections.push(section);
  }
  await lines.expect('\\end\\');
  addSpecials(lines, { first: sections[0]!, words, ids });
  const unit = ids.has(spaceWord) ? 'character' : 'word';
  return new NGramModel({ name: source.name, unit, words, levels: levelsOf(sections) });
}

/** Lines with their numbers, without those that are empty. */
class ArpaLines {
  readonly name: string;
  number = 0;
  readonly #lines: AsyncGenerator<string, void>;

  constructor(source: ByteSource) {
    this.name = source.name;
    this.#lines = linesOf(source, { longest: limits.lineLength });
  }

  async next(): Promise<string | undefined> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) return undefined;
      this.number += 1;
      const line = value.trim();
      if (line !== '') return line;
    }
  }

  async expect(expected: string): Promise<void> {
    const line = await this.next();
    if (line !== expected) throw this.error(`expected ${expected}, got ${shown(line)}`);
  }

  error(message: string): DataError {
    return new DataError('data/arpa', `${this.name}, line ${this.number}: ${message}; is this a whole ARPA file?`);
  }
}

function shown(line: string | undefined): string {
  if (line === undefined) return 'the end of the file';
  return JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}…` : line);
}

async function readSizes(lines: ArpaLines): Promise<readonly number[]> {
  let line = await lines.next();
  // whatever comes before is a comment
  while (line !== undefined && line !== '\\data\\') line = await lines.next();
  if (line === undefined) throw lines.error('there is no line \\data\\');
  const sizes: number[] = [];
  for (line = await lines.next(); line !== '\\1-grams:'; line = await lines.next()) {
    const [, order, size] = /^ngram\s+(\d+)\s*=\s*(\d+)$/.exec(line ?? '') ?? [];
    if (Number(order) !== sizes.length + 1) {
      throw lines.error(`expected "ngram ${sizes.length + 1}=…" or \\1-grams:, got ${shown(line)}`);
    }
    sizes.push(Number(size));
    if (sizes.length > limits.order) throw lines.error(`n-grams of more than ${limits.order} words are not read`);
    if (Number(size) > limits.nGrams) throw lines.error(`more than ${limits.nGrams} n-grams of a length are not read`);
  }
  if (sizes.length === 0) throw lines.error('the file announces no n-grams');
  return sizes;
}

/** The n-grams of one length as they come in the file, then sorted. */
class Section {
  readonly length: number;
  readonly size: number;
  readonly isLongest: boolean;
  count = 0;
  words: Int32Array;
  parents: Int32Array;
  logProbabilities: Float32Array;
  backOffs: Float32Array;
  begin: Int32Array | undefined;

  constructor(length: number, size: number, isLongest: boolean) {
    this.length = length;
    this.size = size;
    this.isLongest = isLongest;
    // room grows with what is really there, not with what the file announces
    const room = Math.min(size, 1 << 16);
    this.words = new Int32Array(room);
    this.parents = new Int32Array(room);
    this.logProbabilities = new Float32Array(room);
    this.backOffs = new Float32Array(room);
  }

  add(entry: {
    readonly word: number;
    readonly parent: number;
    readonly logProbability: number;
    readonly backOff: number;
  }) {
    if (this.count === this.words.length) this.#grow();
    this.words[this.count] = entry.word;
    this.parents[this.count] = entry.parent;
    this.logProbabilities[this.count] = entry.logProbability;
    this.backOffs[this.count++] = entry.backOff;
  }

  /** Sorts by context and word. @returns the place of an n-gram that is there twice, or −1 */
  sort(words: number, contexts: number): number {
    const count = this.count;
    const parents = this.parents.subarray(0, count);
    const order = orderByKey(parents, contexts, orderByKey(this.words.subarray(0, count), words));
    this.words = order.map((i) => this.words[i]!);
    this.parents = order.map((i) => parents[i]!);
    this.logProbabilities = Float32Array.from(order, (i) => this.logProbabilities[i]!);
    this.backOffs = Float32Array.from(order, (i) => this.backOffs[i]!);
    return this.words.findIndex(
      (word, i) => i > 0 && word === this.words[i - 1] && this.parents[i] === this.parents[i - 1],
    );
  }

  #grow(): void {
    const room = this.words.length * 2;
    this.words = widened(this.words, new Int32Array(room));
    this.parents = widened(this.parents, new Int32Array(room));
    this.logProbabilities = widened(this.logProbabilities, new Float32Array(room));
    this.backOffs = widened(this.backOffs, new Float32Array(room));
  }
}

function widened<List extends Int32Array | Float32Array>(from: List, to: List): List {
  to.set(from);
  return to;
}

interface Known {
  /** of the lengths before */
  readonly sections: readonly Section[];
  readonly words: string[];
  readonly ids: Map<string, number>;
}

async function readSection(lines: ArpaLines, section: Section, known: Known): Promise<void> {
  const { length, size } = section;
  if (length > 1) await lines.expect(`\\${length}-grams:`);
  for (let i = 0; i < size; i++) {
    const line = await lines.next();
    if (line === undefined || line.startsWith('\\')) {
      throw lines.error(`expected ${size} n-grams of length ${length}, got ${i} and then ${shown(line)}`);
    }
    section.add(readEntry(lines, line, { section, known }));
  }
  const below = known.sections.at(-1);
  if (!below) return;
  const twice = section.sort(known.words.length, below.count);
  if (twice >= 0)
    throw lines.error(
      `an n-gram of length ${length} that ends in ${JSON.stringify(known.words[section.words[twice]!])} is there twice`,
    );
  below.begin = beginnings(section.parents, below.count);
}

function readEntry(lines: ArpaLines, line: string, { section, known }: { section: Section; known: Known }) {
  const { length, isLongest } = section;
  const fields = line.split(/[\t ]+/);
  if (fields.length !== length + 1 && (isLongest || fields.length !== length + 2)) {
    const expected = `a number, ${length} words${isLongest ? '' : ' and perhaps a number'}`;
    throw lines.error(`expected ${expected}, got ${shown(line)}`);
  }
  const logProbability = readNumber(lines, fields[0]!);
  const backOff = fields.length === length + 2 ? readNumber(lines, fields.at(-1)!) : 0;
  if (logProbability > 0) throw lines.error(`a logarithm of a probability must not be above 0, got ${fields[0]}`);
  const written = fields.slice(1, length + 1);
  const place = length === 1 ? addWord(lines, written[0]!, known) : placeOf(lines, written, known);
  return { ...place, logProbability, backOff };
}

function addWord(lines: ArpaLines, word: string, { words, ids }: Known) {
  if (ids.has(word)) throw lines.error(`${JSON.stringify(word)} is there twice`);
  const id = words.push(word) - 1;
  ids.set(word, id);
  return { word: id, parent: 0 };
}

function placeOf(lines: ArpaLines, written: readonly string[], { sections, ids }: Known) {
  const numbers = written.map((word) => {
    const id = ids.get(word);
    if (id === undefined) throw lines.error(`${JSON.stringify(word)} is not among the 1-grams`);
    return id;
  });
  let parent = numbers[0]!;
  for (let n = 1; n < numbers.length - 1 && parent >= 0; n++) {
    parent = childOf(sections[n - 1]!, sections[n]!, { node: parent, word: numbers[n]! });
  }
  if (parent < 0) throw lines.error(`the first ${numbers.length - 1} words are no n-gram of their own`);
  return { word: numbers.at(-1)!, parent };
}

function readNumber(lines: ArpaLines, text: string): number {
  if (/^-inf(inity)?$/i.test(text)) return -Infinity;
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  throw lines.error(`expected a number, got ${shown(text)}`);
}

/** `<unk>` may be missing; the ends of a sentence may not. */
function addSpecials(
  lines: ArpaLines,
  { first, words, ids }: { readonly first: Section; readonly words: string[]; readonly ids: Map<string, number> },
): void {
  for (const word of [specialWords.start, specialWords.end]) {
    if (!ids.has(word)) throw lines.error(`the 1-grams have no ${word}`);
  }
  if (ids.has(specialWords.unknown)) return;
  const id = words.push(specialWords.unknown) - 1;
  ids.set(specialWords.unknown, id);
  first.add({ word: id, parent: 0, logProbability: unlikely, backOff: 0 });
  if (first.begin) first.begin = Int32Array.from([...first.begin, first.begin.at(-1)!]);
}

function levelsOf(sections: readonly Section[]): readonly ScoredLevel[] {
  return sections.map(({ words, logProbabilities, backOffs, begin, count, isLongest }) => ({
    words: words.slice(0, count),
    logProbabilities: logProbabilities.slice(0, count),
    ...(!isLongest && { begin: begin!, backOffs: backOffs.slice(0, count) }),
  }));
}
