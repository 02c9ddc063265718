import { deriveKey, randomKey, type RandomKey } from '@unroll/core';
import { forms, type Form } from './forms.js';
import { drawsOf, type SplitName } from './values.js';
import type { Both } from './words.js';

/** Pairs of each split. */
export const splitSizes: Readonly<Record<SplitName, number>> = { train: 40_000, valid: 1000, test: 1000 };

const seed = 1;

/**
 * Numbers, amounts, dates and times in English and German, by the path of their files: `train.en`, `train.de` and so on, a
 * text a line. No value of one split occurs in another one in any form, and no pair twice.
 */
export function generateNumbersDates(): Readonly<Record<string, string>> {
  const key = randomKey(seed);
  const files = Object.entries(splitSizes).flatMap(([split, size]) => {
    const pairs = drawPairs(split as SplitName, size, key);
    return (['en', 'de'] as const).map((language) => {
      return [`${split}.${language}`, pairs.map((pair) => `${pair[language]}\n`).join('')] as const;
    });
  });
  return Object.fromEntries(files);
}

/** Values of a form that are drawn before it is given up for one that has more left: a range needs two held-out dates. */
const patience = 5000;

function drawPairs(split: SplitName, size: number, key: RandomKey): readonly Both[] {
  const draw = drawsOf(deriveKey(key, 'draws', split));
  const weights = forms.reduce((sum, { weight }) => sum + weight, 0);
  const pairs = new Map<string, Both>();
  while (pairs.size < size) {
    const form = formAt(draw(0, weights - 1));
    for (let trial = 0; trial < patience; trial++) {
      const text = form.drawText(draw, split, key);
      if (text === undefined) continue;
      pairs.set(text.en, text);
      break;
    }
  }
  return [...pairs.values()];
}

/** @param place - from 0, below the sum of the weights */
function formAt(place: number): Form {
  let end = 0;
  const found = forms.find(({ weight }) => {
    end += weight;
    return place < end;
  });
  return found!;
}
