import type { LanguageModelConfigInput } from '../config.js';
import { zarembaRecipe } from './zaremba-recipe.js';

/** 2 × 650 with dropout 0.5: 82.07 test perplexity on the Penn Treebank. */
export const ptbMedium: LanguageModelConfigInput = zarembaRecipe({
  hiddenSize: 650,
  truncationSteps: 35,
  dropout: 0.5,
  scale: 0.05,
  clipNorm: 5,
  epochs: 39,
  fullRateEpochs: 6,
  decay: 0.8,
});
