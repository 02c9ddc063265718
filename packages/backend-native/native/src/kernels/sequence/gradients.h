#ifndef UNROLL_KERNELS_SEQUENCE_GRADIENTS_H_
#define UNROLL_KERNELS_SEQUENCE_GRADIENTS_H_

#include "unroll/sequence.h"

namespace unroll {

/// What the walk back leaves: gradients of the products with the two kernels, each [T, B, G*H] with zeros at padded
/// steps. For all cells but the GRU the two are one array.
struct ProductGradients {
  const float* of_inputs;
  const float* of_states;
};

/// Everything of `gradients` but initial_h, each as one product over all steps. `output` is the forward pass's.
void FinishGradients(const SequenceInputs& inputs, int gates, const float* output, const ProductGradients& products,
                     const SequenceGradients& gradients);

}  // namespace unroll

#endif  // UNROLL_KERNELS_SEQUENCE_GRADIENTS_H_
