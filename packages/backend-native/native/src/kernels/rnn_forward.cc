#include <vector>

#include "kernels/sequence/walk_forward.h"
#include "unroll/rnn_sequence.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/rnn_forward.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"
#include "unroll/vector_math.h"

namespace unroll {
namespace UNROLL_TARGET {

/// One row of one step, n units: sums is x*W + h*R.
void RnnTanh(int64_t n, const float* sums, const float* bias, float* h_next) {
  for (int64_t u = 0; u < n; u += kLanes) StoreUpTo(h_next + u, Tanh(LoadUpTo(sums + u, n - u) + LoadUpTo(bias + u, n - u)), n - u);
}

void RnnRelu(int64_t n, const float* sums, const float* bias, float* h_next) {
  // In this order NaN passes.
  for (int64_t u = 0; u < n; u += kLanes)
    StoreUpTo(h_next + u, Max(Broadcast(0.0f), LoadUpTo(sums + u, n - u) + LoadUpTo(bias + u, n - u)), n - u);
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
namespace {

struct RnnCell {
  static constexpr int kGates = 1;
  static constexpr bool kAddsProducts = true;
  const RnnSequenceForward& call;
  Walk walk{call.inputs};
  decltype(&baseline::RnnTanh) pass = call.activation == RnnActivation::kTanh ? UNROLL_DISPATCH(RnnTanh) : UNROLL_DISPATCH(RnnRelu);

  void Step(const Row& row, UnitSlice slice, const float* sums, const float*) const {
    pass(slice.count(), sums, call.inputs.bias + slice.begin, call.output + row.place * walk.output_stride() + slice.begin);
  }

  void Finish(UnitSlice) const {}
};

}  // namespace

Status RnnSequence(const RnnSequenceForward* calls, int count) {
  std::vector<RnnCell> cells;
  for (int i = 0; i < count; ++i) {
    UNROLL_RETURN_IF_ERROR(CheckSequence("RnnSequence", calls[i].inputs));
    cells.push_back({calls[i]});
  }
  WalkForward(cells);
  return Status::Ok();
}
#endif

}  // namespace unroll
