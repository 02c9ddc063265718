#ifndef UNROLL_KERNELS_SEQUENCE_GRADIENTS_H_
#define UNROLL_KERNELS_SEQUENCE_GRADIENTS_H_

#include "kernels/sequence/walk.h"

namespace unroll {

/// kernel [m, width] (+)= rows^T * d, for `count` rows of [m], `stride` apart, and of d [width].
void MultiplyTransposed(const float* rows, int64_t stride, int64_t m, const float* d, int64_t width, int64_t count, bool accumulate, float* kernel);

/// What the walk back leaves: gradients of the products with the two kernels, [G*H] a row, by the rows' numbers. For all
/// cells but the GRU the two are one array.
struct ProductGradients {
  const float* of_inputs;
  const float* of_states;
};

/// Everything of `gradients` but initial_h, each as one product over all real steps. `output` is the forward pass's;
/// with `adds_input` the gradient of the input is added to what is there.
void FinishGradients(const Walk& walk, int gates, const float* output, const ProductGradients& products, const SequenceGradients& gradients,
                     bool adds_input);

/// The same for all cells of one kernel call; those that share a gradient of the input give their sum. A Cell has `call`,
/// `walk`, kGates and Products().
template <typename Cells>
void FinishAllGradients(const Cells& cells) {
  for (auto cell = cells.begin(); cell != cells.end(); ++cell) {
    bool adds_input = false;
    for (auto earlier = cells.begin(); earlier != cell; ++earlier) adds_input |= earlier->call.gradients.input == cell->call.gradients.input;
    FinishGradients(cell->walk, cell->kGates, cell->call.output, cell->Products(), cell->call.gradients, adds_input);
  }
}

}  // namespace unroll

#endif  // UNROLL_KERNELS_SEQUENCE_GRADIENTS_H_
