#include <cstring>

#include "kernels/column_sum.h"
#include "kernels/sequence/gradients.h"
#include "kernels/sequence/walk_backward.h"
#include "unroll/gru_sequence.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/gru_backward.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"

namespace unroll {
namespace UNROLL_TARGET {

/// One row of one step, n units. `gates` holds r, z, n and h*Rn + rbn; d_inputs and d_states get the gradients of x*W + b
/// and of h*R + rb, three blocks each: they differ in the last, where the reset gate stands between. d_h becomes what
/// of it reaches the state before without passing the recurrent kernel.
void GruGateGradients(int64_t n, int64_t stride, const float* gates, const float* h_before, const float* d_output,
                      float* d_h, float* d_inputs, float* d_states) {
  for (int64_t u = 0; u < n; u += kLanes) {
    const int64_t left = n - u;
    const Floats r = LoadUpTo(gates + u, left), z = LoadUpTo(gates + stride + u, left);
    const Floats candidate = LoadUpTo(gates + 2 * stride + u, left), recurrent = LoadUpTo(gates + 3 * stride + u, left);
    const Floats dh = LoadUpTo(d_h + u, left) + LoadUpTo(d_output + u, left);
    const Floats dn = dh * (1.0f - z) * (1.0f - candidate * candidate);
    const Floats dz = dh * (LoadUpTo(h_before + u, left) - candidate) * z * (1.0f - z);
    const Floats dr = dn * recurrent * r * (1.0f - r);
    StoreUpTo(d_inputs + u, dr, left);
    StoreUpTo(d_inputs + stride + u, dz, left);
    StoreUpTo(d_inputs + 2 * stride + u, dn, left);
    StoreUpTo(d_states + u, dr, left);
    StoreUpTo(d_states + stride + u, dz, left);
    StoreUpTo(d_states + 2 * stride + u, dn * r, left);
    StoreUpTo(d_h + u, dh * z, left);
  }
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
namespace {

struct GruGradientCell {
  static constexpr int kGates = 3;
  const GruSequenceBackward& call;
  float* d_inputs;  // [T, B, 3H]
  float* d_states;  // [T, B, 3H]
  const Walk walk{call.inputs};
  const int64_t b_size = call.inputs.batch_size, h_size = call.inputs.hidden_size;
  decltype(&baseline::GruGateGradients) pass = UNROLL_DISPATCH(GruGateGradients);

  void Begin(UnitSlice) {}

  void Step(int64_t t, int64_t b, UnitSlice slice) {
    const int64_t row = t * b_size + b, gate = row * 3 * h_size + slice.begin;
    const float* h_before = walk.StateBefore(t, b, call.output, call.inputs.initial_h) + slice.begin;
    pass(slice.count(), h_size, call.gates + row * 4 * h_size + slice.begin, h_before, call.d_output + row * h_size + slice.begin,
         call.gradients.initial_h + b * h_size + slice.begin, d_inputs + gate, d_states + gate);
  }

  void Pad(int64_t t, int64_t b, UnitSlice slice) {
    for (int gate = 0; gate < 3; ++gate) {
      const int64_t at = ((t * b_size + b) * 3 + gate) * h_size + slice.begin;
      std::memset(d_inputs + at, 0, static_cast<size_t>(slice.count()) * sizeof(float));
      std::memset(d_states + at, 0, static_cast<size_t>(slice.count()) * sizeof(float));
    }
  }

  const float* RecurrentGradients(int64_t t) const { return d_states + t * b_size * 3 * h_size; }
};

}  // namespace

Status GruSequenceGradient(const GruSequenceBackward& call) {
  const SequenceInputs& inputs = call.inputs;
  UNROLL_RETURN_IF_ERROR(CheckSequence("GruSequenceGrad", inputs));
  const int64_t rows = inputs.time_steps * inputs.batch_size, numbers = rows * 3 * inputs.hidden_size;
  float* d_inputs = ThreadScratch(ScratchSlot::kGateGradients, 2 * numbers);
  float* d_states = d_inputs + numbers;
  GruGradientCell cell{call, d_inputs, d_states};
  WalkBackward(inputs, cell, call.d_final_h, call.gradients.initial_h);
  FinishGradients(inputs, 3, call.output, {d_inputs, d_states}, call.gradients);
  if (call.recurrent_bias_gradient != nullptr) ColumnSum(d_states, rows, 3 * inputs.hidden_size, call.recurrent_bias_gradient);
  return Status::Ok();
}
#endif

}  // namespace unroll
