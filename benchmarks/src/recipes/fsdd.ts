import type { Recipe, RecipeCase } from './recipe.js';

const speakers = ['george', 'jackson', 'lucas', 'nicolas', 'theo', 'yweweler'] as const;
const accuracy = { key: 'accuracy', decimals: 4 } as const;

const official: RecipeCase = {
  name: 'official',
  data: 'Free Spoken Digit Dataset, takes 0 to 4 of each speaker',
  model: 'BiGRU 2 x 128 on 40 log-mel bands',
  train: ['--data', 'free-spoken-digits', '--preset', 'fsdd'],
  evaluate: ['--data', 'free-spoken-digits', '--split', 'test'],
  scores: [{ ...accuracy, label: 'test accuracy', bar: { atLeast: 0.985 } }],
};

const newSpeakers = speakers.map((speaker): RecipeCase => {
  const data = `fsdd-without-${speaker}`;
  return {
    name: `without-${speaker}`,
    data: `Free Spoken Digit Dataset, ${speaker} after learning from the five others`,
    model: 'BiGRU 2 x 128 on 39 cepstra of a voice, speed and room varied',
    train: ['--data', data, '--preset', 'fsdd-new-speaker'],
    evaluate: ['--data', data, '--split', 'test'],
    scores: [{ ...accuracy, label: `accuracy on ${speaker}` }],
    seeds: [1],
  };
});

/** The official split, which nobody has published for recurrent networks, and each speaker as one that training never heard. */
export const fsdd: Recipe = {
  name: 'fsdd',
  task: 'audio recognition',
  app: 'listen',
  seeds: [1, 2, 3, 4, 5],
  cases: [official, ...newSpeakers],
  mean: {
    name: 'new-speakers',
    data: 'Free Spoken Digit Dataset, each of six speakers left out in turn',
    model: newSpeakers[0]!.model,
    cases: newSpeakers.map(({ name }) => name),
    score: { ...accuracy, label: 'mean accuracy', bar: { atLeast: 0.85 } },
  },
};
