#include <cstring>
#include <vector>

#include "kernels/sequence/gate_passes.h"
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
LstmGateGradientsPass LstmGateGradientsForTarget() { return UNROLL_DISPATCH(LstmGateGradients); }

namespace {

struct LstmGradientCell {
  static constexpr int kGates = 4;
  const LstmSequenceBackward& call;
  float* d_gates = nullptr;  // [rows, 4H]
  Walk walk{call.inputs};
  int64_t h_size = call.inputs.hidden_size;
  LstmGateGradientsPass pass = LstmGateGradientsForTarget();

  int64_t GradientNumbers() const { return walk.rows() * 4 * h_size; }
  void KeepGradientsIn(float* numbers) { d_gates = numbers; }
  ProductGradients Products() const { return {d_gates, d_gates}; }
  const float* RecurrentGradients(int64_t number) const { return d_gates + number * 4 * h_size; }

  void Begin(UnitSlice slice) const {
    for (int64_t b = 0; b < call.inputs.batch_size; ++b) {
      const int64_t state = b * h_size + slice.begin;
      std::memcpy(call.d_initial_c + state, call.d_final_c + state, static_cast<size_t>(slice.count()) * sizeof(float));
    }
  }

  void Step(const Row& row, UnitSlice slice, float* d_h) const {
    const float* c_before = StateOr(call.initial_c + row.sequence * h_size, call.cells, row.number_before, h_size);
    pass(slice.count(), h_size, call.gates + row.number * 4 * h_size + slice.begin, call.cells + row.number * h_size + slice.begin,
         c_before + slice.begin, call.d_output + row.place * walk.output_stride() + slice.begin, d_h,
         call.d_initial_c + row.sequence * h_size + slice.begin, d_gates + row.number * 4 * h_size + slice.begin);
  }
};

}  // namespace

Status LstmSequenceGradient(const LstmSequenceBackward* calls, int count) {
  std::vector<LstmGradientCell> cells;
  for (int i = 0; i < count; ++i) {
    UNROLL_RETURN_IF_ERROR(CheckSequence("LstmSequenceGrad", calls[i].inputs));
    cells.push_back({calls[i]});
  }
  WalkBackward(cells);
  FinishAllGradients(cells);
  return Status::Ok();
}
#endif

}  // namespace unroll
