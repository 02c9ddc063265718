#ifndef UNROLL_KERNELS_SEQUENCE_WALK_BACKWARD_H_
#define UNROLL_KERNELS_SEQUENCE_WALK_BACKWARD_H_

#include <vector>

#include "kernels/sequence/running_gradient.h"
#include "kernels/sequence/slice_product.h"
#include "matmul/scratch.h"
#include "unroll/profile.h"

namespace unroll {

/// One thread's part in walking the gradient of a cell back through time. A Cell has
///   kGates                      blocks of the recurrent kernel
///   call                        with `inputs`, `d_final_h` and `gradients`
///   walk                        of these inputs
///   GradientNumbers()           floats that it needs for the gradients of its gates; KeepGradientsIn(floats) gives them
///   Begin(slice)                sets the gradient of its own state to that of the final one
///   Step(row, slice, d_h)       one row: from d_h [slice] and its own state to the gradients of the gates; leaves in d_h
///                               what does not pass the recurrent kernel
///   RecurrentGradients(number)  gradients of the recurrent product, [kGates*H] a row, from row `number` on
template <typename Cell>
void WalkSliceBack(Cell& cell, const Team& team) {
  const Walk& walk = cell.walk;
  const SequenceInputs& inputs = cell.call.inputs;
  const UnitSlice slice = team.Slice(inputs.hidden_size, 16);
  const SliceProduct product = RecurrentProductBack(walk, Cell::kGates, slice);
  RunningGradient d_h(walk, slice, cell.call.d_final_h);
  cell.Begin(slice);
  profile::Laps laps;
  for (int64_t s = walk.steps() - 1; s >= 0; --s) {
    const int64_t t = walk.Time(s), rows = walk.Active(t);
    for (int64_t i = 0; i < rows; ++i) cell.Step(walk.At(t, i), slice, d_h.Row(i));
    laps.Lap("gates");
    team.barrier.Wait();  // every slice's gates feed every unit's product
    laps.Lap("wait for threads");
    d_h.Add(product, rows, cell.RecurrentGradients(walk.First(t)), Cell::kGates * inputs.hidden_size);
    laps.Lap("recurrent product", product.Operations(rows));
  }
  d_h.Finish(cell.call.gradients.initial_h);
}

/// Walks the gradients of cells that do not depend on each other.
template <typename Cell>
void WalkBackward(std::vector<Cell>& cells) {
  if (cells.empty()) return;
  const int walks = static_cast<int>(cells.size());
  int64_t numbers = 0;
  for (const Cell& cell : cells) numbers += cell.GradientNumbers();
  float* gradients = ThreadScratch(ScratchSlot::kGateGradients, numbers);
  for (Cell& cell : cells) {
    cell.KeepGradientsIn(gradients);
    gradients += cell.GradientNumbers();
  }
  RunTeams(DivideWalks(cells[0].walk, Cell::kGates, walks), walks, [&](int i, const Team& team) { WalkSliceBack(cells[static_cast<size_t>(i)], team); });
}

}  // namespace unroll

#endif  // UNROLL_KERNELS_SEQUENCE_WALK_BACKWARD_H_
