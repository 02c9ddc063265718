#ifndef UNROLL_KERNELS_SEQUENCE_WALK_BACKWARD_H_
#define UNROLL_KERNELS_SEQUENCE_WALK_BACKWARD_H_

#include "kernels/sequence/walk.h"
#include "matmul/scratch.h"

namespace unroll {

/// Walks the gradient of a cell back through time. `d_h` [B, H] begins as the gradient of the final state and ends as
/// that of the initial one. A Cell has
///   kGates                   blocks of the recurrent kernel
///   Begin(slice)             sets the gradient of its own state to that of the final one
///   Step(t, b, slice)        one row: from d_h and its own state to the gradients of the gates; leaves in d_h what does
///                            not pass the recurrent kernel
///   Pad(t, b, slice)         one row of padding: zeros as gradients of the gates
///   RecurrentGradients(t)    gradients [B, kGates*H] of the recurrent product of step t
template <typename Cell>
void WalkBackward(const SequenceInputs& inputs, Cell& cell, const float* d_final_h, float* d_h) {
  const Walk walk(inputs);
  const int threads = WalkThreads(inputs, Cell::kGates);
  SpinBarrier barrier(threads);
  ParallelRun(threads, [&](int thread) {
    const int64_t h = inputs.hidden_size;
    const UnitSlice slice{PartBegin(h, thread, threads, 16), PartBegin(h, thread + 1, threads, 16)};
    const SliceProduct product = SliceProduct::Backward(inputs, Cell::kGates, slice);
    float* products = ThreadScratch(ScratchSlot::kProducts, inputs.batch_size * slice.count());
    CopySlice(inputs, slice, d_final_h, d_h);
    cell.Begin(slice);
    for (int64_t s = inputs.time_steps - 1; s >= 0; --s) {
      const int64_t t = walk.Time(s);
      for (int64_t b = 0; b < inputs.batch_size; ++b) {
        if (walk.IsPadding(t, b)) {
          cell.Pad(t, b, slice);
        } else {
          cell.Step(t, b, slice);
        }
      }
      barrier.Wait();  // every slice's gates feed every unit's product
      product.Multiply(cell.RecurrentGradients(t), Cell::kGates * h, products);
      for (int64_t b = 0; b < inputs.batch_size; ++b)
        if (!walk.IsPadding(t, b)) AddMasked(inputs, b, slice, products + b * slice.count(), d_h);
    }
  });
}

}  // namespace unroll

#endif  // UNROLL_KERNELS_SEQUENCE_WALK_BACKWARD_H_
