#include <vector>

#include "kernels/sequence/gate_passes.h"
#include "kernels/sequence/walk_forward.h"
#include "unroll/gru_sequence.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/gru_forward.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"
#include "unroll/vector_math.h"

namespace unroll {
namespace UNROLL_TARGET {

/// One row of one step, n units: inputs [3, n] is x*W, products [3, n] is h*R; blocks of the biases lie `stride` apart. Writes r, z, n and h*Rn + rbn to gates
/// (each `stride` behind the other), and h'.
void GruGates(int64_t n, int64_t stride, const float* inputs, const float* products, const float* bias, const float* recurrent_bias,
              const float* h, float* gates, float* h_next) {
  for (int64_t u = 0; u < n; u += kLanes) {
    const int64_t left = n - u;
    Floats input[3], recurrent[3];
    for (int gate = 0; gate < 3; ++gate) {
      input[gate] = LoadUpTo(inputs + gate * n + u, left) + LoadUpTo(bias + gate * stride + u, left);
      recurrent[gate] = LoadUpTo(products + gate * n + u, left) + LoadUpTo(recurrent_bias + gate * stride + u, left);
    }
    const Floats r = Sigmoid(input[0] + recurrent[0]), z = Sigmoid(input[1] + recurrent[1]);
    const Floats candidate = Tanh(MultiplyAdd(r, recurrent[2], input[2]));
    StoreUpTo(gates + u, r, left);
    StoreUpTo(gates + stride + u, z, left);
    StoreUpTo(gates + 2 * stride + u, candidate, left);
    StoreUpTo(gates + 3 * stride + u, recurrent[2], left);
    StoreUpTo(h_next + u, MultiplyAdd(z, LoadUpTo(h + u, left), (1.0f - z) * candidate), left);
  }
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
GruGatesPass GruGatesForTarget() { return UNROLL_DISPATCH(GruGates); }

namespace {

struct GruCell {
  static constexpr int kGates = 3;
  static constexpr bool kAddsProducts = false;  // the reset gate stands between the two
  const GruSequenceForward& call;
  Walk walk{call.inputs};
  int64_t h_size = call.inputs.hidden_size;
  GruGatesPass pass = GruGatesForTarget();

  void Step(const Row& row, UnitSlice slice, const float* inputs, const float* products) const {
    const float* h = StateOr(call.inputs.initial_h + row.sequence * h_size, call.output, row.place_before, walk.output_stride());
    pass(slice.count(), h_size, inputs, products, call.inputs.bias + slice.begin, call.recurrent_bias + slice.begin, h + slice.begin,
         call.gates + row.number * 4 * h_size + slice.begin, call.output + row.place * walk.output_stride() + slice.begin);
  }

  void Finish(UnitSlice) const {}
};

}  // namespace

Status GruSequence(const GruSequenceForward* calls, int count) {
  std::vector<GruCell> cells;
  for (int i = 0; i < count; ++i) {
    UNROLL_RETURN_IF_ERROR(CheckSequence("GruSequence", calls[i].inputs));
    cells.push_back({calls[i]});
  }
  WalkForward(cells);
  return Status::Ok();
}
#endif

}  // namespace unroll
