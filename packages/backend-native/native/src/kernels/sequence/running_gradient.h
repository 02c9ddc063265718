#ifndef UNROLL_KERNELS_SEQUENCE_RUNNING_GRADIENT_H_
#define UNROLL_KERNELS_SEQUENCE_RUNNING_GRADIENT_H_

#include "kernels/sequence/slice_product.h"

namespace unroll {

/// The gradient of h for one slice of units while it is walked back through time, in the calling thread's scratch: rows
/// [slice] in the walk's order.
class RunningGradient {
 public:
  /// Begins with the gradient [B, H] of the final state.
  RunningGradient(const Walk& walk, UnitSlice slice, const float* d_final_h);

  float* Row(int64_t i) { return numbers_ + i * slice_.count(); }

  /// Adds what passes the recurrent kernel and the dropout mask: gradients [rows, width] of the recurrent product.
  void Add(const SliceProduct& product, int64_t rows, const float* gradients, int64_t width);

  /// Writes the slice to the gradient [B, H] of the initial state.
  void Finish(float* d_initial_h) const;

 private:
  const Walk& walk_;
  const UnitSlice slice_;
  float* numbers_;   // [B, slice]
  float* products_;  // [B, slice], where there is a mask
};

}  // namespace unroll

#endif  // UNROLL_KERNELS_SEQUENCE_RUNNING_GRADIENT_H_
