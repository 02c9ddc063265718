import { cellNames, trainingConfigSchema, type Frozen } from '@unroll/core';
import { z } from 'zod';
import { tokenizerNames } from '@unroll/text';

const rate = z.number().min(0).lt(1).default(0);

/** How text becomes tokens. */
export const textConfigSchema = z.strictObject({
  unit: z.enum(['character', 'word']).default('character'),
  /** of words: white space alone, or one of `natural`'s */
  tokenizer: z.enum(tokenizerNames).default('whitespace'),
  lowercase: z.boolean().default(false),
  /** of words: every line break is a token, `<eos>` */
  endOfLine: z.boolean().default(true),
  /** rarer tokens become `<unk>` */
  minimumCount: z.int().min(1).default(1),
  /** only so many of the most frequent tokens are kept, special ones included; 0 = all */
  maximumSize: z.int().min(0).default(0),
  /** the end of the text that is held out when no validation text is given */
  validationFraction: z.number().gt(0).lt(1).default(0.1),
});

export const modelConfigSchema = z.strictObject({
  cell: z.enum(cellNames).default('lstm'),
  layers: z.int().min(1).default(2),
  hiddenSize: z.int().min(1).default(128),
  /** 0 = as wide as the hidden state; 'one-hot' = none, tokens go into the first layer as one-hot vectors */
  embeddingSize: z.union([z.int().min(0), z.literal('one-hot')]).default(0),
  /** the output's kernel is the embedding transposed; needs equal widths (Press & Wolf 2017) */
  tiedEmbedding: z.boolean().default(false),
  /** of the embedding and of the last layer's output (Ba, Kiros & Hinton 2016) */
  layerNorm: z.boolean().default(false),
  dropout: z
    .strictObject({
      /** plain: a new mask at every step (Zaremba et al. 2014); locked: one mask a sequence (Gal & Ghahramani 2016) */
      kind: z.enum(['plain', 'locked']).default('plain'),
      /** on the embedding's output */
      embedding: rate,
      /** between the layers */
      layers: rate,
      /** on the last layer's output */
      output: rate,
      /** on h inside the recurrent product, one mask a window */
      recurrent: rate,
    })
    .prefault({}),
  initialization: z
    .discriminatedUnion('kind', [
      /** kernels by Glorot, recurrent kernels orthogonal, biases zero */
      z.strictObject({ kind: z.literal('glorot') }),
      /** everything uniform in ±scale; biases of the cells by choice: zero (TensorFlow) or like the rest (Torch) */
      z.strictObject({
        kind: z.literal('uniform'),
        scale: z.number().positive(),
        cellBias: z.enum(['zeros', 'uniform']).default('zeros'),
      }),
    ])
    .prefault({ kind: 'glorot' }),
  /** of an LSTM: first value of the forget gate's bias; null = like the other biases */
  forgetBias: z.number().nullable().default(1),
});

/** All that defines a run; `parseConfig(languageModelConfigSchema, input)` fills in the defaults and freezes. */
export const languageModelConfigSchema = z
  .strictObject({
    seed: z.int().min(0).default(1),
    text: textConfigSchema.prefault({}),
    model: modelConfigSchema.prefault({}),
    batches: z
      .strictObject({
        /** parallel streams */
        batchSize: z.int().min(1).default(32),
        /** steps before gradients are cut; the state is carried on */
        truncationSteps: z.int().min(1).default(50),
        /**
         * Chance that a stream's carried state is set to zero before a training window. Without it a model sees an
         * empty state once an epoch, and reads and writes badly from one.
         */
        stateResetProbability: z.number().min(0).lt(1).default(0.01),
      })
      .prefault({}),
    /**
     * What the gradient of a window is averaged over: its tokens, or its sequences alone, with the loss summed over
     * time (Zaremba et al. 2014; a learning rate then means `truncationSteps` times as much).
     */
    gradientAverage: z.enum(['token', 'sequence']).default('token'),
    training: trainingConfigSchema.prefault({}),
  })
  .refine(
    ({ model }) => !model.tiedEmbedding || model.embeddingSize === 0 || model.embeddingSize === model.hiddenSize,
    {
      path: ['model', 'tiedEmbedding'],
      message: 'a tied embedding is as wide as the hidden state; leave embeddingSize 0',
    },
  );

export type LanguageModelConfig = Frozen<z.output<typeof languageModelConfigSchema>>;
/** What a preset or a file may leave out. */
export type LanguageModelConfigInput = z.input<typeof languageModelConfigSchema>;
export type TextConfig = LanguageModelConfig['text'];
export type ModelConfig = LanguageModelConfig['model'];
