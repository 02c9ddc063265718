#include "kernels/sequence/team.h"

#include <algorithm>

#include "unroll/configuration.h"

namespace unroll {
namespace {

// Multiplications of one thread in one step that outweigh the barrier: 2 to 8 microseconds, so that a single sequence
// through a small layer does not wait for a thread that the system has put aside.
constexpr int64_t kMultiplicationsOfAStep = 250'000;
// Multiplications of a whole walk that outweigh waking a thread for it.
constexpr int64_t kMultiplicationsOfAWalk = 400'000;

}  // namespace

int64_t UnitMultiple(int gates) { return gates == 4 ? 4 : 16; }

Division DivideWalks(const Walk& walk, int gates, int walks) {
  const SequenceInputs& inputs = walk.inputs();
  const int64_t of_a_row = inputs.hidden_size * inputs.hidden_size * gates;
  const int64_t slices = std::max<int64_t>(1, inputs.hidden_size / (2 * UnitMultiple(gates)));
  const int64_t rows_of_a_step = walk.steps() == 0 ? 0 : walk.rows() / walk.steps();
  const int alone = static_cast<int>(std::min<int64_t>(PartCount(rows_of_a_step * of_a_row, kMultiplicationsOfAStep), slices));
  // With the threads evenly divided nobody idles; walks that are too small to be divided need one thread each.
  const int all = PartCount(walks * walk.rows() * of_a_row, kMultiplicationsOfAWalk);
  if (walks > 1 && all >= walks && (alone == 1 || ThreadCount() % walks == 0))
    return {std::max(1, std::min(alone, ThreadCount() / walks)), true};
  return {alone, false};
}

}  // namespace unroll
