#include "unroll/gru_fan_out.h"

#include <cstring>

#include "parallel/thread_pool.h"
#include "unroll/profile.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/gru_fan_out.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"
#include "unroll/vector_math.h"

namespace unroll {
namespace UNROLL_TARGET {

struct FanOutGates {
  Floats r, z, candidate, state_candidate;
};

/// The gates of units u ... of one row; blocks of u and v lie `stride` apart.
static UNROLL_INLINE FanOutGates GatesAt(const float* input, const float* state, int64_t stride, int64_t u, int64_t left) {
  const Floats r = Sigmoid(LoadUpTo(input + u, left) + LoadUpTo(state + u, left));
  const Floats z = Sigmoid(LoadUpTo(input + stride + u, left) + LoadUpTo(state + stride + u, left));
  const Floats v = LoadUpTo(state + 2 * stride + u, left);
  return {r, z, Tanh(MultiplyAdd(r, v, LoadUpTo(input + 2 * stride + u, left))), v};
}

/// One row of the output, n units.
void FanOutRow(int64_t n, const float* input, const float* state, const float* h, float* h_next) {
  for (int64_t u = 0; u < n; u += kLanes) {
    const int64_t left = n - u;
    const FanOutGates g = GatesAt(input, state, n, u, left);
    StoreUpTo(h_next + u, MultiplyAdd(g.z, LoadUpTo(h + u, left), (1.0f - g.z) * g.candidate), left);
  }
}

static UNROLL_INLINE void AddTo(float* sum, Floats value, int64_t left) { StoreUpTo(sum, LoadUpTo(sum, left) + value, left); }

/// n units of one row of the output's gradient, added to the gradients of what the row was made of.
void FanOutRowGradient(int64_t n, int64_t stride, const float* input, const float* state, const float* h, const float* d_output,
                       float* d_input, float* d_state_products, float* d_state) {
  for (int64_t u = 0; u < n; u += kLanes) {
    const int64_t left = n - u;
    const FanOutGates g = GatesAt(input, state, stride, u, left);
    const Floats dh = LoadUpTo(d_output + u, left);
    const Floats dn = dh * (1.0f - g.z) * (1.0f - g.candidate * g.candidate);
    const Floats dz = dh * (LoadUpTo(h + u, left) - g.candidate) * g.z * (1.0f - g.z);
    const Floats dr = dn * g.state_candidate * g.r * (1.0f - g.r);
    AddTo(d_input + u, dr, left);
    AddTo(d_input + stride + u, dz, left);
    AddTo(d_input + 2 * stride + u, dn, left);
    AddTo(d_state_products + u, dr, left);
    AddTo(d_state_products + stride + u, dz, left);
    AddTo(d_state_products + 2 * stride + u, dn * g.r, left);
    AddTo(d_state + u, dh * g.z, left);
  }
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
namespace {

Status Check(const GruFanOutInputs& in) {
  if (in.states * in.fan_out > 0 && (in.input_rows == 0 || in.input_rows % in.fan_out != 0))
    return Status::Invalid("unroll: GruFanOut: the rows of the inputs must be a multiple of fanOut = %lld, got %lld",
                           static_cast<long long>(in.fan_out), static_cast<long long>(in.input_rows));
  return Status::Ok();
}

/// `rows` rows of units [begin, end) of each of `blocks` blocks.
void Clear(float* values, int64_t rows, int64_t blocks, int64_t h_size, int64_t begin, int64_t end) {
  for (int64_t block = 0; block < rows * blocks; ++block)
    std::memset(values + block * h_size + begin, 0, static_cast<size_t>(end - begin) * sizeof(float));
}

}  // namespace

Status GruFanOut(const GruFanOutInputs& in, float* output) {
  UNROLL_RETURN_IF_ERROR(Check(in));
  profile::Span span("fan out");
  const int64_t h_size = in.hidden_size;
  ParallelFor(in.states, (1 << 13) / (in.fan_out * h_size + 1) + 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin * in.fan_out; i < end * in.fan_out; ++i) {
      const int64_t state = i / in.fan_out;
      UNROLL_DISPATCH(FanOutRow)
      (h_size, in.input_products + i % in.input_rows * 3 * h_size, in.state_products + state * 3 * h_size, in.state + state * h_size,
       output + i * h_size);
    }
  });
  return Status::Ok();
}

Status GruFanOutGradient(const GruFanOutInputs& in, const GruFanOutGradients& out) {
  UNROLL_RETURN_IF_ERROR(Check(in));
  profile::Span span("fan out, back");
  // Each thread owns some units of every row, in whole cache lines, so that sums over rows need no other thread.
  constexpr int64_t kUnits = 16;
  const int64_t h_size = in.hidden_size, rows = in.states * in.fan_out;
  const int64_t work = kUnits * (rows + in.input_rows + in.states) + 1;
  ParallelFor((h_size + kUnits - 1) / kUnits, (1 << 13) / work + 1, [&](int64_t first, int64_t last) {
    const int64_t begin = first * kUnits, end = last * kUnits < h_size ? last * kUnits : h_size;
    Clear(out.d_input_products, in.input_rows, 3, h_size, begin, end);
    Clear(out.d_state_products, in.states, 3, h_size, begin, end);
    Clear(out.d_state, in.states, 1, h_size, begin, end);
    for (int64_t i = 0; i < rows; ++i) {
      const int64_t state = i / in.fan_out, products = state * 3 * h_size + begin, input = i % in.input_rows * 3 * h_size + begin;
      UNROLL_DISPATCH(FanOutRowGradient)
      (end - begin, h_size, in.input_products + input, in.state_products + products, in.state + state * h_size + begin,
       out.d_output + i * h_size + begin, out.d_input_products + input, out.d_state_products + products,
       out.d_state + state * h_size + begin);
    }
  });
  return Status::Ok();
}
#endif

}  // namespace unroll
