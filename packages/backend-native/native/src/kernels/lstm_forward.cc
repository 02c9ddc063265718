#include <cstring>

#include "kernels/sequence/walk_forward.h"
#include "unroll/lstm_sequence.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/lstm_forward.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"
#include "unroll/vector_math.h"

namespace unroll {
namespace UNROLL_TARGET {

/// One row of one step, n units: gates (each `stride` behind the other) hold x*W + b and become the activated gates;
/// products [4, n] is h*R. Updates c, copies it to `cell`, and writes h twice: as the state and as the output.
void LstmGates(int64_t n, int64_t stride, const float* products, float* gates, float* c, float* cell, float* h, float* output) {
  for (int64_t u = 0; u < n; u += kLanes) {
    const int64_t left = n - u;
    Floats sum[4];
    for (int gate = 0; gate < 4; ++gate) sum[gate] = LoadUpTo(gates + gate * stride + u, left) + LoadUpTo(products + gate * n + u, left);
    const Floats i = Sigmoid(sum[0]), f = Sigmoid(sum[1]), g = Tanh(sum[2]), o = Sigmoid(sum[3]);
    const Floats c_next = MultiplyAdd(f, LoadUpTo(c + u, left), i * g);
    const Floats h_next = o * Tanh(c_next);
    StoreUpTo(gates + u, i, left);
    StoreUpTo(gates + stride + u, f, left);
    StoreUpTo(gates + 2 * stride + u, g, left);
    StoreUpTo(gates + 3 * stride + u, o, left);
    StoreUpTo(c + u, c_next, left);
    StoreUpTo(cell + u, c_next, left);
    StoreUpTo(h + u, h_next, left);
    StoreUpTo(output + u, h_next, left);
  }
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
namespace {

struct LstmCell {
  static constexpr int kGates = 4;
  const LstmSequenceForward& call;
  const int64_t b_size = call.inputs.batch_size, h_size = call.inputs.hidden_size;
  decltype(&baseline::LstmGates) pass = UNROLL_DISPATCH(LstmGates);

  void Begin(UnitSlice slice) { CopySlice(call.inputs, slice, call.initial_c, call.final_c); }

  void Step(int64_t t, int64_t b, UnitSlice slice, const float* products) {
    const int64_t state = b * h_size + slice.begin, step = (t * b_size + b) * h_size + slice.begin;
    float* gates = call.gates + (t * b_size + b) * 4 * h_size + slice.begin;
    pass(slice.count(), h_size, products, gates, call.final_c + state, call.cells + step, call.final_h + state, call.output + step);
  }

  void Pad(int64_t t, int64_t b, UnitSlice slice) {
    const int64_t state = b * h_size + slice.begin, step = (t * b_size + b) * h_size + slice.begin;
    const size_t bytes = static_cast<size_t>(slice.count()) * sizeof(float);
    std::memset(call.output + step, 0, bytes);
    std::memcpy(call.cells + step, call.final_c + state, bytes);
    for (int gate = 0; gate < 4; ++gate) std::memset(call.gates + ((t * b_size + b) * 4 + gate) * h_size + slice.begin, 0, bytes);
  }
};

}  // namespace

Status LstmSequence(const LstmSequenceForward& call) {
  UNROLL_RETURN_IF_ERROR(CheckSequence("LstmSequence", call.inputs));
  MultiplyInputs(call.inputs, 4, call.gates, 4 * call.inputs.hidden_size);
  LstmCell cell{call};
  WalkForward(call.inputs, cell, call.final_h);
  return Status::Ok();
}
#endif

}  // namespace unroll
