#include <vector>

#include "kernels/column_sum.h"
#include "kernels/sequence/gate_passes.h"
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
GruGateGradientsPass GruGateGradientsForTarget() { return UNROLL_DISPATCH(GruGateGradients); }

namespace {

struct GruGradientCell {
  static constexpr int kGates = 3;
  const GruSequenceBackward& call;
  float* d_inputs = nullptr;  // [rows, 3H]
  float* d_states = nullptr;  // [rows, 3H]
  Walk walk{call.inputs};
  int64_t h_size = call.inputs.hidden_size;
  GruGateGradientsPass pass = GruGateGradientsForTarget();

  int64_t GradientNumbers() const { return 2 * walk.rows() * 3 * h_size; }
  void KeepGradientsIn(float* numbers) { d_inputs = numbers, d_states = numbers + walk.rows() * 3 * h_size; }
  ProductGradients Products() const { return {d_inputs, d_states}; }
  const float* RecurrentGradients(int64_t number) const { return d_states + number * 3 * h_size; }

  void Begin(UnitSlice) const {}

  void Step(const Row& row, UnitSlice slice, float* d_h) const {
    const int64_t gate = row.number * 3 * h_size + slice.begin;
    const float* h_before = StateOr(call.inputs.initial_h + row.sequence * h_size, call.output, row.place_before, walk.output_stride());
    pass(slice.count(), h_size, call.gates + row.number * 4 * h_size + slice.begin, h_before + slice.begin,
         call.d_output + row.place * walk.output_stride() + slice.begin, d_h, d_inputs + gate, d_states + gate);
  }
};

}  // namespace

Status GruSequenceGradient(const GruSequenceBackward* calls, int count) {
  std::vector<GruGradientCell> cells;
  for (int i = 0; i < count; ++i) {
    UNROLL_RETURN_IF_ERROR(CheckSequence("GruSequenceGrad", calls[i].inputs));
    cells.push_back({calls[i]});
  }
  WalkBackward(cells);
  FinishAllGradients(cells);
  for (const GruGradientCell& cell : cells)
    if (cell.call.recurrent_bias_gradient != nullptr)
      ColumnSum(cell.d_states, cell.walk.rows(), 3 * cell.h_size, cell.call.recurrent_bias_gradient);
  return Status::Ok();
}
#endif

}  // namespace unroll
