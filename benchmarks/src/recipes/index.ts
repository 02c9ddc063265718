import { ptbSmall } from './ptb-small.js';
import type { Recipe } from './recipe.js';
import { segRnnEtth1 } from './segrnn-etth1.js';
import { tinyShakespeare } from './tiny-shakespeare.js';

/** Every recipe, in the order of README's table. A new one is a file beside this and a line here. */
export const recipes: readonly Recipe[] = [ptbSmall, tinyShakespeare, segRnnEtth1];
