import type { LanguageModelConfigInput } from '../config.js';
import { zarembaRecipe } from './zaremba-recipe.js';

/** 2 × 200, no dropout: 115.91 test perplexity on the Penn Treebank, trained once through in 13 epochs. */
export const ptbSmall: LanguageModelConfigInput = zarembaRecipe({
  hiddenSize: 200,
  truncationSteps: 20,
  dropout: 0,
  scale: 0.1,
  clipNorm: 5,
  epochs: 13,
  fullRateEpochs: 4,
  decay: 0.5,
});
