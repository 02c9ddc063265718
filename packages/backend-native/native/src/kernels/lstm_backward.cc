#include <cstring>

#include "kernels/sequence/gradients.h"
#include "kernels/sequence/walk_backward.h"
#include "unroll/lstm_sequence.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/lstm_backward.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"
#include "unroll/vector_math.h"

namespace unroll {
namespace UNROLL_TARGET {

/// One row of one step, n units. `gates` holds the activated gates and d_gates gets the gradients before activation,
/// each `stride` behind the other. d_h and d_c are the gradients of the state after the step and become what of them
/// reaches the state before without passing the recurrent kernel.
void LstmGateGradients(int64_t n, int64_t stride, const float* gates, const float* c, const float* c_before,
                       const float* d_output, float* d_h, float* d_c, float* d_gates) {
  for (int64_t u = 0; u < n; u += kLanes) {
    const int64_t left = n - u;
    const Floats i = LoadUpTo(gates + u, left), f = LoadUpTo(gates + stride + u, left);
    const Floats g = LoadUpTo(gates + 2 * stride + u, left), o = LoadUpTo(gates + 3 * stride + u, left);
    const Floats tanh_c = Tanh(LoadUpTo(c + u, left));
    const Floats dh = LoadUpTo(d_h + u, left) + LoadUpTo(d_output + u, left);
    const Floats dc = MultiplyAdd(dh * o, 1.0f - tanh_c * tanh_c, LoadUpTo(d_c + u, left));
    StoreUpTo(d_gates + u, dc * g * i * (1.0f - i), left);
    StoreUpTo(d_gates + stride + u, dc * LoadUpTo(c_before + u, left) * f * (1.0f - f), left);
    StoreUpTo(d_gates + 2 * stride + u, dc * i * (1.0f - g * g), left);
    StoreUpTo(d_gates + 3 * stride + u, dh * tanh_c * o * (1.0f - o), left);
    StoreUpTo(d_c + u, dc * f, left);
    StoreUpTo(d_h + u, Broadcast(0.0f), left);
  }
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
namespace {

struct LstmGradientCell {
  static constexpr int kGates = 4;
  const LstmSequenceBackward& call;
  float* d_gates;  // [T, B, 4H]
  const Walk walk{call.inputs};
  const int64_t b_size = call.inputs.batch_size, h_size = call.inputs.hidden_size;
  decltype(&baseline::LstmGateGradients) pass = UNROLL_DISPATCH(LstmGateGradients);

  void Begin(UnitSlice slice) { CopySlice(call.inputs, slice, call.d_final_c, call.d_initial_c); }

  void Step(int64_t t, int64_t b, UnitSlice slice) {
    const int64_t row = t * b_size + b, state = b * h_size + slice.begin, step = row * h_size + slice.begin;
    const int64_t gate = row * 4 * h_size + slice.begin;
    const float* c_before = walk.StateBefore(t, b, call.cells, call.initial_c) + slice.begin;
    pass(slice.count(), h_size, call.gates + gate, call.cells + step, c_before, call.d_output + step,
         call.gradients.initial_h + state, call.d_initial_c + state, d_gates + gate);
  }

  void Pad(int64_t t, int64_t b, UnitSlice slice) {
    for (int gate = 0; gate < 4; ++gate)
      std::memset(d_gates + ((t * b_size + b) * 4 + gate) * h_size + slice.begin, 0, static_cast<size_t>(slice.count()) * sizeof(float));
  }

  const float* RecurrentGradients(int64_t t) const { return d_gates + t * b_size * 4 * h_size; }
};

}  // namespace

Status LstmSequenceGradient(const LstmSequenceBackward& call) {
  const SequenceInputs& inputs = call.inputs;
  UNROLL_RETURN_IF_ERROR(CheckSequence("LstmSequenceGrad", inputs));
  float* d_gates = ThreadScratch(ScratchSlot::kGateGradients, inputs.time_steps * inputs.batch_size * 4 * inputs.hidden_size);
  LstmGradientCell cell{call, d_gates};
  WalkBackward(inputs, cell, call.d_final_h, call.gradients.initial_h);
  FinishGradients(inputs, 4, call.output, {d_gates, d_gates}, call.gradients);
  return Status::Ok();
}
#endif

}  // namespace unroll
