#include <vector>

#include "kernels/sequence/gradients.h"
#include "kernels/sequence/walk_backward.h"
#include "unroll/rnn_sequence.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/rnn_backward.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"

namespace unroll {
namespace UNROLL_TARGET {

/// One row of one step, n units: d_sums gets the gradient before activation, and nothing of d_h is left.
void RnnTanhGradient(int64_t n, const float* output, const float* d_output, float* d_h, float* d_sums) {
  for (int64_t u = 0; u < n; u += kLanes) {
    const Floats y = LoadUpTo(output + u, n - u), dh = LoadUpTo(d_h + u, n - u) + LoadUpTo(d_output + u, n - u);
    StoreUpTo(d_sums + u, dh * (1.0f - y * y), n - u);
    StoreUpTo(d_h + u, Broadcast(0.0f), n - u);
  }
}

void RnnReluGradient(int64_t n, const float* output, const float* d_output, float* d_h, float* d_sums) {
  for (int64_t u = 0; u < n; u += kLanes) {
    const Floats y = LoadUpTo(output + u, n - u), dh = LoadUpTo(d_h + u, n - u) + LoadUpTo(d_output + u, n - u);
    StoreUpTo(d_sums + u, Select(y > 0.0f, dh, Broadcast(0.0f)), n - u);
    StoreUpTo(d_h + u, Broadcast(0.0f), n - u);
  }
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
namespace {

struct RnnGradientCell {
  static constexpr int kGates = 1;
  const RnnSequenceBackward& call;
  float* d_sums = nullptr;  // [rows, H]
  Walk walk{call.inputs};
  int64_t h_size = call.inputs.hidden_size;
  decltype(&baseline::RnnTanhGradient) pass =
      call.activation == RnnActivation::kTanh ? UNROLL_DISPATCH(RnnTanhGradient) : UNROLL_DISPATCH(RnnReluGradient);

  int64_t GradientNumbers() const { return walk.rows() * h_size; }
  void KeepGradientsIn(float* numbers) { d_sums = numbers; }
  ProductGradients Products() const { return {d_sums, d_sums}; }
  const float* RecurrentGradients(int64_t number) const { return d_sums + number * h_size; }

  void Begin(UnitSlice) const {}

  void Step(const Row& row, UnitSlice slice, float* d_h) const {
    const int64_t place = row.place * walk.output_stride() + slice.begin;
    pass(slice.count(), call.output + place, call.d_output + place, d_h, d_sums + row.number * h_size + slice.begin);
  }
};

}  // namespace

Status RnnSequenceGradient(const RnnSequenceBackward* calls, int count) {
  std::vector<RnnGradientCell> cells;
  for (int i = 0; i < count; ++i) {
    UNROLL_RETURN_IF_ERROR(CheckSequence("RnnSequenceGrad", calls[i].inputs));
    cells.push_back({calls[i]});
  }
  WalkBackward(cells);
  FinishAllGradients(cells);
  return Status::Ok();
}
#endif

}  // namespace unroll
