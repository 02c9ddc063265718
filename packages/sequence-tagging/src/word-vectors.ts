import { DataError, uniform, type ByteSource, type RandomKey, type Vocabulary } from '@unroll/core';

/** Those vectors of a file that were asked for. */
export interface PretrainedVectors {
  /** of the file */
  readonly name: string;
  /** numbers of a vector */
  readonly size: number;
  readonly rows: ReadonlyMap<string, Float32Array>;
}

/** A vector for every word of a vocabulary. */
export interface WordVectors {
  /** of the file */
  readonly name: string;
  /** numbers of a vector */
  readonly size: number;
  /** `[word, size]` */
  readonly values: Float32Array;
  /** `[word]`: 1 where the vector is from the file */
  readonly found: Uint8Array;
}

/** What a word is looked up as in a file of vectors, in this order: as it is, then in lower case. */
export function vectorKeys(word: string): readonly string[] {
  const lower = word.toLowerCase();
  return lower === word ? [word] : [word, lower];
}

export function hasVector(vectors: PretrainedVectors, word: string): boolean {
  return vectorKeys(word).some((key) => vectors.rows.has(key));
}

/**
 * The table of a vocabulary. Words that the file does not have get uniform numbers with the mean square of those that it has, so
 * that neither drowns the other.
 *
 * @throws {DataError} `data/vectors` if the file has none of the words
 */
export function createWordVectors(
  { name, size, rows }: PretrainedVectors,
  words: Vocabulary,
  key: RandomKey,
): WordVectors {
  const found = new Uint8Array(words.size);
  const values = new Float32Array(words.size * size);
  let squares = 0;
  words.tokens.forEach((word, id) => {
    const row = vectorKeys(word).flatMap((each) => rows.get(each) ?? [])[0];
    if (!row) return;
    found[id] = 1;
    values.set(row, id * size);
    squares += row.reduce((sum, value) => sum + value * value, 0);
  });
  const count = found.reduce((sum, value) => sum + value, 0);
  if (count === 0) {
    throw problem(name, 'has none of the words of the data; is it of their language, and of their casing?');
  }
  // A uniform number in ±a has the mean square a² / 3.
  const scale = Math.sqrt((3 * squares) / (count * size));
  const drawn = uniform(key, values.length);
  found.forEach((isFound, id) => {
    if (isFound) return;
    for (let i = id * size; i < (id + 1) * size; i++) values[i] = (2 * drawn[i]! - 1) * scale;
  });
  return { name, size, values, found };
}

/** A line of more bytes is none of a file of vectors. */
const longestLine = 1 << 20;
const [newline, space, carriageReturn, tab] = [10, 32, 13, 9] as const;

/**
 * Reads the vectors of some words from a file: GloVe's text (a word and its numbers a line), or word2vec's text and fastText's .vec,
 * which have a line `count width` before. Only these vectors are kept in memory. A word that is there twice has its first vector; a word
 * with spaces, which GloVe's have, is what stands before the last `width` numbers.
 *
 * @param wanted - see `vectorKeys`
 * @param onProgress - is told what share of the file has been read, where its size is known
 * @throws {DataError} `data/vectors`, naming the line: a row of another width, what is no number, a file that was cut short or is no text
 */
export async function readWordVectors(
  source: ByteSource,
  wanted: ReadonlySet<string>,
  onProgress: (share: number) => void = () => {},
): Promise<PretrainedVectors> {
  const reader = new VectorReader(source.name, wanted);
  let rest = new Uint8Array(0);
  let bytes = 0;
  for await (const piece of source.bytes()) {
    if (source.size !== undefined) onProgress(bytes / source.size);
    bytes += piece.length;
    let start = 0;
    for (let end = piece.indexOf(newline); end >= 0; end = piece.indexOf(newline, start)) {
      reader.take(rest.length > 0 ? joined(rest, piece.subarray(0, end)) : piece.subarray(start, end));
      if (rest.length > 0) rest = new Uint8Array(0);
      start = end + 1;
    }
    rest = joined(rest, piece.subarray(start));
    if (rest.length > longestLine) reader.take(rest);
  }
  if (rest.length > 0) reader.take(rest);
  return reader.finish();
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** Takes the lines of a file one by one. */
class VectorReader {
  readonly #name: string;
  readonly #wanted: ReadonlySet<string>;
  readonly #rows = new Map<string, Float32Array>();
  readonly #decoder = new TextDecoder();
  #line = 0;
  #vectors = 0;
  #size = 0;
  /** of the header */
  #announced: number | undefined;

  constructor(name: string, wanted: ReadonlySet<string>) {
    this.#name = name;
    this.#wanted = wanted;
  }

  /** @param bytes - of a line, without its end */
  take(bytes: Uint8Array): void {
    this.#line += 1;
    if (bytes.length > longestLine) {
      throw notText(this.#name, bytes) ?? this.#lineProblem('it is longer than any line of a file of vectors');
    }
    const end = trimmedEnd(bytes);
    if (end === 0) return;
    if (this.#line === 1 && this.#readHeader(bytes, end)) return;
    if (this.#size === 0) this.#size = this.#firstWidth(bytes, end);
    const numbersAt = this.#numbersAt(bytes, end);
    this.#vectors += 1;
    const word = this.#decoder.decode(bytes.subarray(0, numbersAt - 1));
    if (word.includes(' ') && isNumber(word.slice(word.lastIndexOf(' ') + 1))) {
      throw this.#lineProblem(`it has more than ${this.#size} numbers, the vectors before have ${this.#size}`);
    }
    if (!this.#wanted.has(word) || this.#rows.has(word)) return;
    this.#rows.set(word, this.#parse(bytes.subarray(numbersAt, end)));
  }

  finish(): PretrainedVectors {
    const announced = this.#announced ?? this.#vectors;
    if (this.#vectors === 0) throw problem(this.#name, 'has no vector; a line is a word and its numbers');
    if (this.#vectors < announced) {
      throw problem(
        this.#name,
        `was cut short: its first line says ${announced} vectors, it has ${this.#vectors}; get it again`,
      );
    }
    return { name: this.#name, size: this.#size, rows: this.#rows };
  }

  #readHeader(bytes: Uint8Array, end: number): boolean {
    const header = /^(\d+) (\d+)$/.exec(end < 64 ? this.#decoder.decode(bytes.subarray(0, end)) : '');
    if (!header) return false;
    this.#announced = Number(header[1]);
    this.#size = Number(header[2]);
    if (this.#size > 0) return true;
    throw this.#lineProblem('it says that vectors have no numbers');
  }

  /** Numbers at the end of the first vector, whose word may have spaces, but is never a number by itself. */
  #firstWidth(bytes: Uint8Array, end: number): number {
    const fields = this.#decoder.decode(bytes.subarray(0, end)).split(/[ \t]/);
    const lastWord = fields.findLastIndex((field) => !isNumber(field));
    const width = fields.length - Math.max(1, lastWord + 1);
    if (width > 0) return width;
    throw notText(this.#name, bytes) ?? this.#lineProblem('a word and its numbers are needed, apart by spaces');
  }

  /** Where the numbers of a row begin: after the `size`-th space from its end. */
  #numbersAt(bytes: Uint8Array, end: number): number {
    let spaces = 0;
    for (let at = end - 1; at >= 0; at--) {
      if (bytes[at] !== space && bytes[at] !== tab) continue;
      spaces += 1;
      if (spaces === this.#size) return at + 1;
    }
    const message = `it has ${spaces} numbers, the vectors before have ${this.#size}`;
    throw (this.#vectors === 0 ? notText(this.#name, bytes) : undefined) ?? this.#lineProblem(message);
  }

  #parse(bytes: Uint8Array): Float32Array {
    const fields = this.#decoder.decode(bytes).split(/[ \t]/);
    const row = Float32Array.from(fields, Number);
    const wrong = fields.findIndex((field, i) => field === '' || !Number.isFinite(row[i]!));
    if (wrong < 0) return row;
    throw (
      notText(this.#name, bytes) ?? this.#lineProblem(`${JSON.stringify(fields[wrong]!.slice(0, 40))} is no number`)
    );
  }

  #lineProblem(message: string): DataError {
    return new DataError(
      'data/vectors',
      `${this.#name}: line ${this.#line}: ${message}; give vectors as text: GloVe, word2vec or fastText .vec`,
    );
  }
}

/** fastText's .vec ends its lines with a space, Windows with a carriage return. */
function trimmedEnd(bytes: Uint8Array): number {
  let end = bytes.length;
  while (end > 0 && [space, tab, carriageReturn].includes(bytes[end - 1]! as 32)) end -= 1;
  return end;
}

function isNumber(field: string): boolean {
  return field !== '' && Number.isFinite(Number(field));
}

/** For a file whose bytes are no text, what it may be. */
function notText(name: string, bytes: Uint8Array): DataError | undefined {
  const isPacked = (bytes[0] === 0x1f && bytes[1] === 0x8b) || (bytes[0] === 0x50 && bytes[1] === 0x4b);
  if (isPacked) return problem(name, 'is compressed; unpack it first');
  if (!bytes.some((byte) => byte < 32 && byte !== tab && byte !== carriageReturn)) return undefined;
  return problem(name, 'is binary; give vectors as text, to which word2vec and fastText convert their own (.vec)');
}

function problem(name: string, what: string): DataError {
  return new DataError('data/vectors', `${name} ${what}`);
}
