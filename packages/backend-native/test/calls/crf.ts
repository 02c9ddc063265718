import { exactly, filled, filledInts, size, type Argument, type Calls } from './arguments.js';
import type { Draw } from './draw.js';

/** Sizes and scores of sequences: now and then forbidden ones, or so far apart that the log domain is needed. */
function scores(draw: Draw) {
  const [time, batch, tags] = [draw.size(4, 60), draw.size(3, 20), Math.max(1, draw.size(5, 80))];
  const spread = (values: Float32Array<ArrayBuffer>) => {
    const factor = draw.oneOf(1, 1, 1, 60, 900, 4000);
    return exactly(factor === 1 ? values : values.map((value) => value * factor));
  };
  const given = [
    size(time),
    size(batch),
    size(tags),
    spread(draw.floats(time * batch * tags)),
    spread(draw.floats(tags * tags)),
    spread(draw.floats(tags)),
    spread(draw.floats(tags)),
    exactly(draw.ints(batch, 0, time + 1)),
  ];
  return { given, time, batch, tags };
}

/** All known, as of most sentences, or some not. */
const knownTags = (draw: Draw, count: number, tags: number) => exactly(draw.ints(count, draw.oneOf(0, -1), tags));

function crfLogLikelihood(draw: Draw): Argument[] {
  const { given, time, batch, tags } = scores(draw);
  return [...given, knownTags(draw, time * batch, tags), filled(batch)];
}

function crfLogLikelihoodGrad(draw: Draw): Argument[] {
  const { given, time, batch, tags } = scores(draw);
  return [
    ...given,
    knownTags(draw, time * batch, tags),
    exactly(draw.floats(batch)),
    filled(time * batch * tags),
    filled(tags * tags),
    filled(tags),
    filled(tags),
  ];
}

function crfForwardBackward(draw: Draw): Argument[] {
  const { given, time, batch, tags } = scores(draw);
  const sums = Array.from({ length: 3 }, () => filled(time * batch * tags));
  return [...given, ...sums, filled(batch)];
}

function crfViterbi(draw: Draw): Argument[] {
  const { given, time, batch } = scores(draw);
  const rows = draw.oneOf(1, 1, 2, 5);
  return [...given, size(rows), filledInts(rows * time * batch), filled(rows * batch)];
}

/** The functions of conditional random fields. */
export const crfCalls: Calls = { crfLogLikelihood, crfLogLikelihoodGrad, crfForwardBackward, crfViterbi };
