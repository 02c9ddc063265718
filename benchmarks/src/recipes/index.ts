import { conll2000 } from './conll2000.js';
import { deeparEtth1 } from './deepar-etth1.js';
import { esRnnM4 } from './esrnn-m4.js';
import { exchangeRate } from './exchange-rate.js';
import { fsddConnected } from './fsdd-connected.js';
import { fsddSpeakers } from './fsdd-speakers.js';
import { fsdd } from './fsdd.js';
import { multi30kEnDe } from './multi30k-en-de.js';
import { numbersDates } from './numbers-dates.js';
import { ptbSmall } from './ptb-small.js';
import type { Recipe } from './recipe.js';
import { restoration } from './restoration.js';
import { segRnnEtth1 } from './segrnn-etth1.js';
import { tinyShakespeare } from './tiny-shakespeare.js';
import { udEwtUpos } from './ud-ewt-upos.js';
import { usBirths } from './us-births.js';

/** Every recipe, in the order of README's table. A new one is a file beside this and a line here. */
export const recipes: readonly Recipe[] = [
  ptbSmall,
  tinyShakespeare,
  segRnnEtth1,
  deeparEtth1,
  exchangeRate,
  esRnnM4,
  usBirths,
  conll2000,
  udEwtUpos,
  restoration,
  multi30kEnDe,
  numbersDates,
  fsdd,
  fsddConnected,
  fsddSpeakers,
];
