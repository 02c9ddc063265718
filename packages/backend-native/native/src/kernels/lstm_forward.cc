#include <cstring>
#include <vector>

#include "kernels/sequence/gate_passes.h"
#include "kernels/sequence/walk_forward.h"
#include "unroll/lstm_sequence.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/lstm_forward.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"
#include "unroll/vector_math.h"

namespace unroll {
namespace UNROLL_TARGET {

/// One row of one step, n units: sums [4, n] is x*W + h*R. Writes the activated gates (each `stride` behind the other),
/// c' and h'.
void LstmGates(int64_t n, int64_t stride, const float* sums, const float* bias, const float* c, float* gates, float* c_next, float* h_next) {
  for (int64_t u = 0; u < n; u += kLanes) {
    const int64_t left = n - u;
    Floats sum[4];
    for (int gate = 0; gate < 4; ++gate) sum[gate] = LoadUpTo(sums + gate * n + u, left) + LoadUpTo(bias + gate * stride + u, left);
    const Floats i = Sigmoid(sum[0]), f = Sigmoid(sum[1]), g = Tanh(sum[2]), o = Sigmoid(sum[3]);
    const Floats next = MultiplyAdd(f, LoadUpTo(c + u, left), i * g);
    StoreUpTo(gates + u, i, left);
    StoreUpTo(gates + stride + u, f, left);
    StoreUpTo(gates + 2 * stride + u, g, left);
    StoreUpTo(gates + 3 * stride + u, o, left);
    StoreUpTo(c_next + u, next, left);
    StoreUpTo(h_next + u, o * Tanh(next), left);
  }
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
LstmGatesPass LstmGatesForTarget() { return UNROLL_DISPATCH(LstmGates); }

namespace {

struct LstmCell {
  static constexpr int kGates = 4;
  static constexpr bool kAddsProducts = true;
  const LstmSequenceForward& call;
  Walk walk{call.inputs};
  int64_t h_size = call.inputs.hidden_size;
  LstmGatesPass pass = LstmGatesForTarget();

  void Step(const Row& row, UnitSlice slice, const float* sums, const float*) const {
    const float* c = StateOr(call.initial_c + row.sequence * h_size, call.cells, row.number_before, h_size);
    pass(slice.count(), h_size, sums, call.inputs.bias + slice.begin, c + slice.begin, call.gates + row.number * 4 * h_size + slice.begin,
         call.cells + row.number * h_size + slice.begin, call.output + row.place * walk.output_stride() + slice.begin);
  }

  void Finish(UnitSlice slice) const {
    for (int64_t i = 0; i < call.inputs.batch_size; ++i) {
      const int64_t state = walk.Sequence(i) * h_size;
      const float* last = StateOr(call.initial_c + state, call.cells, walk.Length(i) == 0 ? -1 : walk.Last(i).number, h_size);
      std::memcpy(call.final_c + state + slice.begin, last + slice.begin, static_cast<size_t>(slice.count()) * sizeof(float));
    }
  }
};

}  // namespace

Status LstmSequence(const LstmSequenceForward* calls, int count) {
  std::vector<LstmCell> cells;
  for (int i = 0; i < count; ++i) {
    UNROLL_RETURN_IF_ERROR(CheckSequence("LstmSequence", calls[i].inputs));
    cells.push_back({calls[i]});
  }
  WalkForward(cells);
  return Status::Ok();
}
#endif

}  // namespace unroll
