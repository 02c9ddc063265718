#ifndef UNROLL_KERNELS_SEQUENCE_WALK_FORWARD_H_
#define UNROLL_KERNELS_SEQUENCE_WALK_FORWARD_H_

#include <vector>

#include "kernels/sequence/previous_states.h"
#include "kernels/sequence/slice_product.h"
#include "matmul/scratch.h"
#include "unroll/profile.h"

namespace unroll {

/// One thread's part in walking a cell over time. A Cell has
///   kGates                                  blocks of the kernels
///   kAddsProducts                           whether x*W and h*R are wanted as one sum
///   call                                    with `inputs`, `output` and `final_h`
///   walk                                    of these inputs
///   Step(row, slice, inputs, products)      one row: [kGates, slice] of x*W and of h*R (not used where they are one);
///                                           writes output and whatever else the cell keeps
///   Finish(slice)                           the final values of its own state
template <typename Cell>
void WalkSlice(Cell& cell, const Team& team, float* states) {
  const Walk& walk = cell.walk;
  const SequenceInputs& inputs = cell.call.inputs;
  const UnitSlice slice = team.Slice(inputs.hidden_size, UnitMultiple(Cell::kGates));
  const SliceProduct recurrent = RecurrentProduct(walk, Cell::kGates, slice);
  InputProducts from_inputs(walk, Cell::kGates, slice, team);
  PreviousStates previous(walk, slice, cell.call.output, states);
  float* products = Cell::kAddsProducts ? nullptr : ThreadScratch(ScratchSlot::kProducts, inputs.batch_size * recurrent.width());
  profile::Laps laps;
  team.barrier.Wait();
  laps.Lap("wait for threads");
  for (int64_t s = 0; s < walk.steps(); ++s) {
    const int64_t t = walk.Time(s), rows = walk.Active(t), width = recurrent.width();
    float* sums = from_inputs.Step(s);
    laps.Skip();  // it tells of itself when it has something to do
    const StateRows before = previous.Before(s);
    recurrent.Multiply(rows, before.data, before.stride, Cell::kAddsProducts ? sums : products, Cell::kAddsProducts);
    laps.Lap("recurrent product", recurrent.Operations(rows));
    for (int64_t i = 0; i < rows; ++i) cell.Step(walk.At(t, i), slice, sums + i * width, products + i * width);
    previous.Keep(s);
    laps.Lap("gates");
    team.barrier.Wait();
    laps.Lap("wait for threads");
  }
  FinishOutput(walk, slice, cell.call.output, cell.call.final_h);
  cell.Finish(slice);
}

/// Walks cells that do not depend on each other.
template <typename Cell>
void WalkForward(std::vector<Cell>& cells) {
  if (cells.empty()) return;
  const int walks = static_cast<int>(cells.size());
  std::vector<int64_t> first_state{0};
  for (const Cell& cell : cells) first_state.push_back(first_state.back() + PreviousStates::Numbers(cell.walk));
  float* states = ThreadScratch(ScratchSlot::kStates, first_state.back());
  RunTeams(DivideWalks(cells[0].walk, Cell::kGates, walks), walks,
           [&](int i, const Team& team) { WalkSlice(cells[static_cast<size_t>(i)], team, states + first_state[static_cast<size_t>(i)]); });
}

}  // namespace unroll

#endif  // UNROLL_KERNELS_SEQUENCE_WALK_FORWARD_H_
