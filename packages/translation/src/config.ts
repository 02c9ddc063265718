import { parseConfig, trainingConfigSchema, type Frozen } from '@unroll/core';
import { tokenizerNames } from '@unroll/text';
import { z } from 'zod';

const rate = z.number().min(0).lt(1).default(0);
const size = z.int().min(1);

export const formatNames = ['parallel', 'tsv', 'jsonl'] as const;

/** How files become pairs of texts. A column is a number from 1, or a name of a header or key. */
export const dataConfigSchema = z.strictObject({
  /** parallel: two files, line i of one belongs to line i of the other; tsv: two columns; jsonl: two keys. 'auto' is found */
  format: z.enum(['auto', ...formatNames]).default('auto'),
  /** column of a TSV or key of JSON lines; 'auto': the first column, `source` */
  source: z.string().min(1).default('auto'),
  /** 'auto': the second column, `target` */
  target: z.string().min(1).default('auto'),
  header: z.union([z.boolean(), z.literal('auto')]).default('auto'),
  /** source and target of a TSV, of JSON lines or of a dataset change places; two files given as source and target stay what they are */
  reverse: z.boolean().default(false),
  /** of Unicode; what a model writes has this form */
  normalization: z.enum(['none', 'nfc', 'nfkc']).default('nfc'),
  /** both sides in lower case */
  lowercase: z.boolean().default(false),
  /** pairs of the training split that are left out, counted by reason; other splits keep all pairs but the empty */
  cleaning: z
    .strictObject({
      /** words of a side at most; 0 = no limit */
      maximumWords: z.int().min(0).default(100),
      /** of the longer to the shorter side in words, at most; 0 = no limit */
      maximumRatio: z.number().min(0).default(9),
      /** a pair that was there before */
      dropDuplicates: z.boolean().default(false),
      /** a pair whose sides are the same */
      dropEqualSides: z.boolean().default(false),
    })
    .prefault({}),
  /** of the source texts: so many are held out when no validation file is given, drawn by `seed` */
  validationFraction: z.number().gt(0).lt(1).default(0.1),
});

/** How a text becomes tokens, and tokens a text again. */
export const tokenizationConfigSchema = z.strictObject({
  unit: z.enum(['word', 'character', 'byte-pair']).default('byte-pair'),
  /**
   * What cuts a line into words first. 'joiner' parts letters, digits and punctuation and marks where no space was, so that
   * the text comes back exactly; 'whitespace' is for text that is cut already; the others are `natural`'s, joined by spaces.
   */
  words: z.enum(['joiner', ...tokenizerNames]).default('joiner'),
  /** one vocabulary (and one list of merges) for both sides */
  joint: z.boolean().default(true),
  /** byte-pair merges to learn, of each list (Sennrich, Haddow & Birch 2016) */
  merges: size.default(8000),
  /** chance that a merge is passed over in training (Provilkov, Emelianenko & Voita 2020) */
  mergeDropout: rate,
  /** rarer tokens become `<unk>` */
  minimumCount: size.default(1),
  /** only so many of the most frequent tokens are kept, special ones included; 0 = all */
  maximumSize: z.int().min(0).default(0),
});

export const attentionKinds = ['additive', 'dot', 'general', 'concat', 'scaled', 'none'] as const;

export const modelConfigSchema = z.strictObject({
  embeddingSize: size.default(256),
  /** target: the output's kernel is the target embedding; all: source embedding too, needs a joint vocabulary (Press & Wolf 2017) */
  tiedEmbeddings: z.enum(['none', 'target', 'all']).default('none'),
  encoder: z
    .strictObject({
      cell: z.enum(['lstm', 'gru']).default('gru'),
      layers: size.default(1),
      /** of each direction */
      hiddenSize: size.default(256),
      bidirectional: z.boolean().default(true),
    })
    .prefault({}),
  decoder: z
    .strictObject({
      cell: z.enum(['lstm', 'gru']).default('gru'),
      /** those above the first read its output */
      layers: size.default(1),
      hiddenSize: size.default(256),
      /**
       * Where the attention sits in a step. before: the state before the step asks, and the step reads the context (Bahdanau,
       * Cho & Bengio 2015); between: two transitions around the attention, the conditional GRU (Sennrich et al. 2017);
       * after: the state after the step asks, h̃ = tanh(W·[context; h]) (Luong, Pham & Manning 2015).
       */
      attends: z.enum(['before', 'between', 'after']).default('between'),
      /** of 'after': h̃ of a step is read by the next one, too */
      inputFeeding: z.boolean().default(true),
    })
    .prefault({}),
  attention: z
    .strictObject({
      /**
       * additive and concat: v·tanh(W·h + U·s), concat without bias; dot: h·s; general: h·W·s; scaled: h·s / √size.
       * none: the decoder sees the last state of the encoder alone
       */
      kind: z.enum(attentionKinds).default('additive'),
      /** of additive and concat; 0 = the decoder's hiddenSize */
      size: z.int().min(0).default(0),
      /** everywhere, around the decoder's own step (local-m), or around a predicted place (local-p); of 'after' */
      range: z.enum(['global', 'monotonic', 'predicted']).default('global'),
      /** D of local attention: places to either side */
      window: size.default(10),
      /** scores see what was attended before (Tu et al. 2016; See, Liu & Manning 2017); weight of its loss, 0 = none */
      coverage: z
        .strictObject({ enabled: z.boolean().default(false), lossWeight: z.number().min(0).default(1) })
        .prefault({}),
    })
    .prefault({}),
  /** how the decoder begins: zeros, the encoder's last states, or tanh of a linear map of the last states or of the mean output */
  bridge: z.enum(['zero', 'last', 'dense', 'mean']).default('mean'),
  /** tokens of the source can be copied with the attention as pointer (See, Liu & Manning 2017) */
  copy: z.boolean().default(false),
  /** of embeddings, of the encoder's output and of what the output layer reads (Ba, Kiros & Hinton 2016) */
  layerNorm: z.boolean().default(false),
  /** a tanh layer of the embedding's width before the output, over state, context and last token (Bahdanau et al. 2015) */
  deepOutput: z.boolean().default(true),
  dropout: z
    .strictObject({
      /** plain: a new mask at every step; locked: one mask a sentence (Gal & Ghahramani 2016) */
      kind: z.enum(['plain', 'locked']).default('plain'),
      /** whole tokens of the source, and of what the decoder reads */
      sourceTokens: rate,
      targetTokens: rate,
      embedding: rate,
      /** between recurrent layers */
      layers: rate,
      /** on h inside the recurrent product */
      recurrent: rate,
      /** on the encoder's output, which the attention reads */
      context: rate,
      /** on what the output layer reads */
      output: rate,
    })
    .prefault({}),
});

/** How a model writes, unless told otherwise when it is asked. */
export const decodingConfigSchema = z.strictObject({
  /** 1 = greedy */
  beam: size.default(5),
  /** none: the sum of log-probabilities; average: divided by tokens; wu: by ((5 + tokens) / 6)^alpha (Wu et al. 2016) */
  lengthNormalization: z.enum(['none', 'average', 'wu']).default('average'),
  lengthAlpha: z.number().min(0).default(1),
  /** β of Wu et al. 2016 */
  coveragePenalty: z.number().min(0).default(0),
  /** no n tokens in a row are written twice; 0 = allowed */
  blockRepeats: z.int().min(0).default(0),
  /** tokens at most: `lengthFactor` · source + `lengthExtra` */
  lengthFactor: z.number().positive().default(2),
  lengthExtra: size.default(10),
  /** `<unk>` becomes the source word that was attended most */
  replaceUnknown: z.boolean().default(false),
});

export const translationConfigSchema = z
  .strictObject({
    seed: z.int().min(0).default(1),
    data: dataConfigSchema.prefault({}),
    tokenization: tokenizationConfigSchema.prefault({}),
    model: modelConfigSchema.prefault({}),
    batches: z
      .strictObject({
        /** pairs of one update at most */
        sentences: size.default(64),
        /** tokens of a side of one update at most, padding included; a longer pair is a batch by itself */
        tokens: size.default(4096),
      })
      .prefault({}),
    /** ε: the target distribution is (1 − ε)·onehot + ε / V (Szegedy et al. 2016) */
    labelSmoothing: z.number().min(0).lt(1).default(0),
    /** teacher forcing unless set: chance that the decoder reads its own last token instead of the true one (Bengio et al. 2015) */
    scheduledSampling: z
      .strictObject({
        /** in the end */
        rate,
        /** epochs over which the chance rises from 0 */
        epochs: size.default(10),
      })
      .prefault({}),
    decoding: decodingConfigSchema.prefault({}),
    /** what picks the best weights on the validation split: its loss, or BLEU of its greedy translations */
    validationScore: z.enum(['loss', 'bleu']).default('loss'),
    training: trainingConfigSchema.prefault({
      epochs: 20,
      optimizer: { name: 'adam', learningRate: 0.001 },
      clipNorm: 1,
    }),
  })
  .refine(({ model, tokenization }) => model.tiedEmbeddings !== 'all' || tokenization.joint, {
    path: ['model', 'tiedEmbeddings'],
    message: 'all needs tokenization.joint',
  });

export type TranslationConfig = Frozen<z.output<typeof translationConfigSchema>>;
/** What a preset or a file may leave out. */
export type TranslationConfigInput = z.input<typeof translationConfigSchema>;
export type DataConfig = TranslationConfig['data'];
export type TokenizationConfig = TranslationConfig['tokenization'];
export type ModelConfig = TranslationConfig['model'];
export type DecodingConfig = TranslationConfig['decoding'];
export type FormatName = (typeof formatNames)[number];
export type AttentionKind = (typeof attentionKinds)[number];

/** A configuration with every default filled in. @throws {ConfigError} for a key or value that cannot be used */
export function parseTranslationConfig(input: TranslationConfigInput): TranslationConfig {
  return parseConfig(translationConfigSchema, input);
}
