import { cellNames, parseConfig, trainingConfigSchema, type Frozen } from '@unroll/core';
import { z } from 'zod';
import { schemeNames } from './schemes/scheme-names.js';

const columns = z.array(z.string().min(1)).default([]);
const rate = z.number().min(0).lt(1).default(0);
const size = z.int().min(1);

export const formatNames = ['conll', 'conllu', 'tsv', 'jsonl', 'text'] as const;

/**
 * How a file becomes sentences. A column is a number from 1 (from the end: −1), or a name: of CoNLL-U's ten, of a header,
 * a key of JSON lines. What is 'auto' is found in the file and said.
 */
export const dataConfigSchema = z.strictObject({
  /**
   * conll: columns apart by white space; conllu: ten columns, multiword tokens and empty nodes; tsv: columns apart by a tab,
   * with a header or none; in these an empty line ends a sentence. jsonl: a sentence a line, `{"tokens": [...], "tags": [...]}`.
   * text: running text, whose own casing and punctuation are the tags to restore.
   */
  format: z.enum(['auto', ...formatNames]).default('auto'),
  /** 'auto': the first column, FORM of CoNLL-U, `tokens` of JSON lines */
  token: z.string().min(1).default('auto'),
  /**
   * Columns to learn, each with a head of its own. Empty: the last column, UPOS of CoNLL-U, `tags` of JSON lines,
   * `casing` and `punctuation` of text.
   */
  tags: columns,
  /** columns with further facts about a token, which the model reads: a part of speech */
  features: columns,
  /** how the tags of the file mark spans; 'auto' is found for each column */
  scheme: z.enum(['auto', ...schemeNames]).default('auto'),
  /** what the model learns, of a column that has spans; results are written in the scheme of the file */
  trainedScheme: z.enum(['file', ...schemeNames]).default('iobes'),
  /** parts the labels of a token that has several, `Case=Nom|Number=Sing`, in those columns where it occurs; '' = one tag a token */
  labelSeparator: z.string().default(''),
  header: z.union([z.boolean(), z.literal('auto')]).default('auto'),
  /** of `natural`, for plain text that is to be tagged by a model which learnt from another format; or white space */
  tokenizer: z.enum(['whitespace', 'word-punctuation', 'treebank']).default('treebank'),
  /** the sentences that are held out when no validation file is given, at the end of the file */
  validationFraction: z.number().gt(0).lt(1).default(0.1),
});

export const modelConfigSchema = z.strictObject({
  words: z
    .strictObject({
      /** 0 = no word vectors; ignored where `vectors` says it */
      size: z.int().min(0).default(100),
      /** rarer words become `<unk>`, and are known by their letters alone */
      minimumCount: size.default(1),
      /** only so many of the most frequent words are kept; 0 = all */
      maximumSize: z.int().min(0).default(0),
      /** words are looked up in lower case; letters and casing features see them as they are */
      lowercase: z.boolean().default(true),
      /** digits are looked up as 0 */
      zeroDigits: z.boolean().default(false),
      /** file of pretrained vectors: GloVe or word2vec text, fastText .vec; null = random */
      vectors: z.string().min(1).nullable().default(null),
      /** pretrained vectors stay as they are */
      frozen: z.boolean().default(false),
      /** α: in training a word that occurs n times is read as `<unk>` with probability α / (n + α) (Kiperwasser & Goldberg 2016) */
      replacement: z.number().min(0).default(0.25),
    })
    .prefault({}),
  characters: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('none') }),
      /** convolution over letters, then the maximum over the word (Ma & Hovy 2016) */
      z.strictObject({
        kind: z.literal('cnn'),
        size: size.default(30),
        filters: size.default(50),
        width: size.default(3),
      }),
      /** last states of both directions over letters (Lample et al. 2016) */
      z.strictObject({ kind: z.literal('lstm'), size: size.default(30), hiddenSize: size.default(50) }),
    ])
    .prefault({ kind: 'lstm' }),
  /** a vector for the casing of a word: lower, title, upper, mixed, digits and so on */
  casing: z.boolean().default(true),
  /** a vector for the last so many letters, for each length given */
  suffixes: z.array(size).default([]),
  /** of each vector of casing, suffix or feature column */
  featureSize: size.default(16),
  cell: z.enum(cellNames).default('lstm'),
  layers: size.default(2),
  /** of each direction */
  hiddenSize: size.default(200),
  /** of columns with one tag a token: every tag by itself, or the best row of tags (Lafferty, McCallum & Pereira 2001) */
  head: z.enum(['crf', 'softmax']).default('crf'),
  /** the CRF never writes what the scheme forbids, such as I-PER after B-LOC */
  constrained: z.boolean().default(true),
  /** of the loss of a token by its tag: all alike, 1 / frequency (mean 1), or by name; of the softmax and of several labels */
  classWeights: z.union([z.enum(['none', 'balanced']), z.record(z.string(), z.number().min(0))]).default('none'),
  dropout: z
    .strictObject({
      /** plain: a new mask at every step (Srivastava et al. 2014); locked: one mask a sentence (Gal & Ghahramani 2016) */
      kind: z.enum(['plain', 'locked']).default('locked'),
      /** whole words: all that is known of a token */
      word: rate,
      /** on vectors of letters */
      characters: rate,
      /** on what the first layer reads */
      input: z.number().min(0).lt(1).default(0.33),
      layers: z.number().min(0).lt(1).default(0.33),
      output: z.number().min(0).lt(1).default(0.33),
      /** on h inside the recurrent product */
      recurrent: rate,
    })
    .prefault({}),
});

export const sequenceTaggingConfigSchema = z.strictObject({
  seed: z.int().min(0).default(1),
  data: dataConfigSchema.prefault({}),
  model: modelConfigSchema.prefault({}),
  batches: z
    .strictObject({
      /** sentences of one update; longer sentences come in smaller batches */
      sentences: size.default(32),
      /** tokens of one update at most, padding included; a sentence longer than that is a batch by itself */
      tokens: size.default(4096),
    })
    .prefault({}),
  /** training against the worst small change of the input vectors (Miyato, Dai & Goodfellow 2017) */
  adversarial: z
    .strictObject({
      /** ε, the length of the change of a sentence, as a share of the length of its vectors; 0 = off */
      epsilon: z.number().min(0).default(0),
      /** of the loss at the changed input, beside that at the input itself */
      weight: z.number().min(0).default(1),
    })
    .prefault({}),
  training: trainingConfigSchema.prefault({
    epochs: 20,
    optimizer: { name: 'adam', learningRate: 0.002 },
    clipNorm: 1,
  }),
});

export type SequenceTaggingConfig = Frozen<z.output<typeof sequenceTaggingConfigSchema>>;
/** What a preset or a file may leave out. */
export type SequenceTaggingConfigInput = z.input<typeof sequenceTaggingConfigSchema>;
export type DataConfig = SequenceTaggingConfig['data'];
export type ModelConfig = SequenceTaggingConfig['model'];
export type FormatName = (typeof formatNames)[number];

/** A configuration with every default filled in. @throws {ConfigError} for a key or value that cannot be used */
export function parseSequenceTaggingConfig(input: SequenceTaggingConfigInput): SequenceTaggingConfig {
  return parseConfig(sequenceTaggingConfigSchema, input);
}
