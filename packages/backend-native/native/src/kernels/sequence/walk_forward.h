#ifndef UNROLL_KERNELS_SEQUENCE_WALK_FORWARD_H_
#define UNROLL_KERNELS_SEQUENCE_WALK_FORWARD_H_

#include "kernels/sequence/walk.h"
#include "matmul/scratch.h"

namespace unroll {

/// Walks a cell over time. `final_h` [B, H] holds the state as it goes. A Cell has
///   kGates                              blocks of the recurrent kernel
///   Begin(slice)                        sets its own state to the initial one
///   Step(t, b, slice, products)         one row: products [kGates, slice] is h*R; updates final_h and writes output
///   Pad(t, b, slice)                    one row of padding: zeros in the output, the state stays
template <typename Cell>
void WalkForward(const SequenceInputs& inputs, Cell& cell, float* final_h) {
  const Walk walk(inputs);
  const int threads = WalkThreads(inputs, Cell::kGates);
  const int64_t numbers = inputs.batch_size * inputs.hidden_size;
  float* states = ThreadScratch(ScratchSlot::kStates, 2 * numbers);  // read from one while the next goes to the other
  SpinBarrier barrier(threads);
  ParallelRun(threads, [&](int thread) {
    const int64_t multiple = UnitMultiple(Cell::kGates);
    const UnitSlice slice{PartBegin(inputs.hidden_size, thread, threads, multiple), PartBegin(inputs.hidden_size, thread + 1, threads, multiple)};
    const SliceProduct product = SliceProduct::Forward(inputs, Cell::kGates, slice);
    const int64_t width = Cell::kGates * slice.count();
    float* products = ThreadScratch(ScratchSlot::kProducts, inputs.batch_size * width);
    CopySlice(inputs, slice, inputs.initial_h, final_h);
    MaskSlice(inputs, slice, inputs.initial_h, states);
    cell.Begin(slice);
    barrier.Wait();
    for (int64_t s = 0; s < inputs.time_steps; ++s) {
      const int64_t t = walk.Time(s);
      product.Multiply(states + s % 2 * numbers, inputs.hidden_size, products);
      for (int64_t b = 0; b < inputs.batch_size; ++b) {
        if (walk.IsPadding(t, b)) {
          cell.Pad(t, b, slice);
        } else {
          cell.Step(t, b, slice, products + b * width);
        }
      }
      MaskSlice(inputs, slice, final_h, states + (s + 1) % 2 * numbers);
      barrier.Wait();
    }
  });
}

}  // namespace unroll

#endif  // UNROLL_KERNELS_SEQUENCE_WALK_FORWARD_H_
