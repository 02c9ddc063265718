#include <cstring>

#include "kernels/sequence/walk_forward.h"
#include "unroll/rnn_sequence.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/rnn_forward.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"
#include "unroll/vector_math.h"

namespace unroll {
namespace UNROLL_TARGET {

/// One row of one step, n units: `output` holds x*W + b and becomes h', which also goes to the state.
void RnnTanh(int64_t n, const float* products, float* h, float* output) {
  for (int64_t u = 0; u < n; u += kLanes) {
    const Floats next = Tanh(LoadUpTo(output + u, n - u) + LoadUpTo(products + u, n - u));
    StoreUpTo(h + u, next, n - u);
    StoreUpTo(output + u, next, n - u);
  }
}

void RnnRelu(int64_t n, const float* products, float* h, float* output) {
  for (int64_t u = 0; u < n; u += kLanes) {
    // In this order NaN passes.
    const Floats next = Max(Broadcast(0.0f), LoadUpTo(output + u, n - u) + LoadUpTo(products + u, n - u));
    StoreUpTo(h + u, next, n - u);
    StoreUpTo(output + u, next, n - u);
  }
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
namespace {

struct RnnCell {
  static constexpr int kGates = 1;
  const RnnSequenceForward& call;
  const int64_t b_size = call.inputs.batch_size, h_size = call.inputs.hidden_size;
  decltype(&baseline::RnnTanh) pass = call.activation == RnnActivation::kTanh ? UNROLL_DISPATCH(RnnTanh) : UNROLL_DISPATCH(RnnRelu);

  void Begin(UnitSlice) {}

  void Step(int64_t t, int64_t b, UnitSlice slice, const float* products) {
    pass(slice.count(), products, call.final_h + b * h_size + slice.begin, call.output + (t * b_size + b) * h_size + slice.begin);
  }

  void Pad(int64_t t, int64_t b, UnitSlice slice) {
    std::memset(call.output + (t * b_size + b) * h_size + slice.begin, 0, static_cast<size_t>(slice.count()) * sizeof(float));
  }
};

}  // namespace

Status RnnSequence(const RnnSequenceForward& call) {
  UNROLL_RETURN_IF_ERROR(CheckSequence("RnnSequence", call.inputs));
  MultiplyInputs(call.inputs, 1, call.output, call.inputs.hidden_size);
  RnnCell cell{call};
  WalkForward(call.inputs, cell, call.final_h);
  return Status::Ok();
}
#endif

}  // namespace unroll
