#include <cstring>

#include "kernels/sequence/walk_forward.h"
#include "unroll/gru_sequence.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/gru_forward.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"
#include "unroll/vector_math.h"

namespace unroll {
namespace UNROLL_TARGET {

/// One row of one step, n units: the first three blocks of gates (each `stride` behind the other) hold x*W + b and
/// become r, z, n, the fourth becomes h*Rn + rbn; products [3, n] is h*R. Writes h' as the state and as the output.
void GruGates(int64_t n, int64_t stride, const float* products, const float* bias, float* gates, float* h, float* output) {
  for (int64_t u = 0; u < n; u += kLanes) {
    const int64_t left = n - u;
    Floats recurrent[3];
    for (int gate = 0; gate < 3; ++gate) recurrent[gate] = LoadUpTo(products + gate * n + u, left) + LoadUpTo(bias + gate * stride + u, left);
    const Floats r = Sigmoid(LoadUpTo(gates + u, left) + recurrent[0]);
    const Floats z = Sigmoid(LoadUpTo(gates + stride + u, left) + recurrent[1]);
    const Floats candidate = Tanh(MultiplyAdd(r, recurrent[2], LoadUpTo(gates + 2 * stride + u, left)));
    const Floats h_next = MultiplyAdd(z, LoadUpTo(h + u, left), (1.0f - z) * candidate);
    StoreUpTo(gates + u, r, left);
    StoreUpTo(gates + stride + u, z, left);
    StoreUpTo(gates + 2 * stride + u, candidate, left);
    StoreUpTo(gates + 3 * stride + u, recurrent[2], left);
    StoreUpTo(h + u, h_next, left);
    StoreUpTo(output + u, h_next, left);
  }
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
namespace {

struct GruCell {
  static constexpr int kGates = 3;
  const GruSequenceForward& call;
  const int64_t b_size = call.inputs.batch_size, h_size = call.inputs.hidden_size;
  decltype(&baseline::GruGates) pass = UNROLL_DISPATCH(GruGates);

  void Begin(UnitSlice) {}

  void Step(int64_t t, int64_t b, UnitSlice slice, const float* products) {
    const int64_t row = t * b_size + b;
    pass(slice.count(), h_size, products, call.recurrent_bias + slice.begin, call.gates + row * 4 * h_size + slice.begin,
         call.final_h + b * h_size + slice.begin, call.output + row * h_size + slice.begin);
  }

  void Pad(int64_t t, int64_t b, UnitSlice slice) {
    const int64_t row = t * b_size + b;
    const size_t bytes = static_cast<size_t>(slice.count()) * sizeof(float);
    std::memset(call.output + row * h_size + slice.begin, 0, bytes);
    for (int gate = 0; gate < 4; ++gate) std::memset(call.gates + (row * 4 + gate) * h_size + slice.begin, 0, bytes);
  }
};

}  // namespace

Status GruSequence(const GruSequenceForward& call) {
  UNROLL_RETURN_IF_ERROR(CheckSequence("GruSequence", call.inputs));
  MultiplyInputs(call.inputs, 3, call.gates, 4 * call.inputs.hidden_size);
  GruCell cell{call};
  WalkForward(call.inputs, cell, call.final_h);
  return Status::Ok();
}
#endif

}  // namespace unroll
