import { allowing, exactly, filled, number, optional, size, word, type Argument, type Calls } from './arguments.js';
import type { Draw } from './draw.js';

/** Sizes and inputs of some queries over some sequences. */
function attended(draw: Draw) {
  const [queries, steps] = [Math.max(1, draw.size(2, 60)), Math.max(1, draw.size(3, 60))];
  const [batch, width, each] = [draw.size(4, 20), Math.max(1, draw.size(5, 70)), Math.max(1, draw.size(6, 70))];
  const score = draw.oneOf('additive', 'dot');
  const vector = exactly(draw.floats(each));
  const given = [
    size(queries),
    size(steps),
    size(batch),
    size(each),
    size(width),
    word(score),
    number(draw.oneOf(1, 0.5)),
    exactly(draw.floats(queries * batch * each)),
    exactly(draw.floats(steps * batch * each)),
    exactly(draw.floats(steps * batch * width)),
    score === 'additive' ? vector : optional(draw, vector),
    optional(draw, exactly(draw.ints(batch, 0, steps + 1))),
    optional(draw, exactly(draw.floats(queries * batch * steps))),
  ];
  const weights = queries * batch * steps;
  return { given, score, queries, steps, batch, each, width, weights };
}

function attention(draw: Draw): Argument[] {
  const { given, queries, batch, width, weights } = attended(draw);
  return [...given, filled(queries * batch * width), filled(weights)];
}

function attentionGrad(draw: Draw): Argument[] {
  const { given, score, queries, steps, batch, each, width, weights } = attended(draw);
  const dVector = filled(each);
  return [
    ...given,
    exactly(draw.floats(weights)),
    exactly(draw.floats(queries * batch * width)),
    exactly(draw.floats(weights)),
    filled(queries * batch * each),
    filled(steps * batch * each),
    filled(steps * batch * width),
    score === 'additive' ? dVector : allowing(dVector, (each) => each === undefined || each === null, null),
    filled(weights),
  ];
}

/** The functions of attention. */
export const attentionCalls: Calls = { attention, attentionGrad };
