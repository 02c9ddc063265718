import type { LanguageModelConfigInput } from '../config.js';
import { zarembaRecipe } from './zaremba-recipe.js';

/** 2 × 1500 with dropout 0.65: 78.29 test perplexity on the Penn Treebank. */
export const ptbLarge: LanguageModelConfigInput = zarembaRecipe({
  hiddenSize: 1500,
  truncationSteps: 35,
  dropout: 0.65,
  scale: 0.04,
  clipNorm: 10,
  epochs: 55,
  fullRateEpochs: 14,
  decay: 1 / 1.15,
});
