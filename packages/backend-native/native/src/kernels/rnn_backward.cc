#include <cstring>

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
  float* d_sums;  // [T, B, H]
  const int64_t b_size = call.inputs.batch_size, h_size = call.inputs.hidden_size;
  decltype(&baseline::RnnTanhGradient) pass =
      call.activation == RnnActivation::kTanh ? UNROLL_DISPATCH(RnnTanhGradient) : UNROLL_DISPATCH(RnnReluGradient);

  void Begin(UnitSlice) {}

  void Step(int64_t t, int64_t b, UnitSlice slice) {
    const int64_t step = (t * b_size + b) * h_size + slice.begin;
    pass(slice.count(), call.output + step, call.d_output + step, call.gradients.initial_h + b * h_size + slice.begin, d_sums + step);
  }

  void Pad(int64_t t, int64_t b, UnitSlice slice) {
    std::memset(d_sums + (t * b_size + b) * h_size + slice.begin, 0, static_cast<size_t>(slice.count()) * sizeof(float));
  }

  const float* RecurrentGradients(int64_t t) const { return d_sums + t * b_size * h_size; }
};

}  // namespace

Status RnnSequenceGradient(const RnnSequenceBackward& call) {
  const SequenceInputs& inputs = call.inputs;
  UNROLL_RETURN_IF_ERROR(CheckSequence("RnnSequenceGrad", inputs));
  float* d_sums = ThreadScratch(ScratchSlot::kGateGradients, inputs.time_steps * inputs.batch_size * inputs.hidden_size);
  RnnGradientCell cell{call, d_sums};
  WalkBackward(inputs, cell, call.d_final_h, call.gradients.initial_h);
  FinishGradients(inputs, 1, call.output, {d_sums, d_sums}, call.gradients);
  return Status::Ok();
}
#endif

}  // namespace unroll
