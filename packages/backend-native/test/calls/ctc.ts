import { exactly, filled, optional, other, size, type Argument, type Calls } from './arguments.js';
import type { Draw } from './draw.js';

/** Sizes, logits and labels; sometimes more labels than there are frames for them. */
function sequences(draw: Draw) {
  const [time, batch, symbols] = [draw.size(4, 60), draw.size(3, 20), Math.max(2, draw.size(5, 80))];
  const most = draw.size(2, 20);
  const given = [
    size(time),
    size(batch),
    size(symbols),
    size(most),
    other(0, [-1, 0.5, NaN, 2 ** 31]),
    exactly(draw.floats(time * batch * symbols)),
    exactly(draw.ints(batch * most, 1, symbols)),
    exactly(draw.ints(batch, 0, most + 1)),
    exactly(draw.ints(batch, 0, time + 1)),
  ];
  return { given, time, batch, symbols, most };
}

function ctcLoss(draw: Draw): Argument[] {
  const { given, time, batch, most } = sequences(draw);
  return [...given, filled(batch), optional(draw, filled(time * batch * (most + 1)))];
}

function ctcLossGrad(draw: Draw): Argument[] {
  const { given, time, batch, symbols, most } = sequences(draw);
  return [
    ...given,
    exactly(draw.floats(batch)),
    exactly(draw.floats(time * batch * (most + 1))),
    exactly(draw.floats(batch)),
    filled(time * batch * symbols),
  ];
}

/** The functions of connectionist temporal classification. */
export const ctcCalls: Calls = { ctcLoss, ctcLossGrad };
