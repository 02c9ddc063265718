#include "kernels/square_sum.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/square_sum.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"

namespace unroll {
namespace UNROLL_TARGET {

// Half as many numbers as a vector of floats has, each in float64.
typedef float HalfFloats __attribute__((vector_size(UNROLL_VECTOR_BYTES / 2), aligned(4), may_alias));
typedef double HalfDoubles __attribute__((vector_size(UNROLL_VECTOR_BYTES)));

double SumOfSquares(const float* x, int64_t n) {
  constexpr int kHalf = kLanes / 2;
  HalfDoubles sums[4] = {};
  int64_t i = 0;
  for (; i + 4 * kHalf <= n; i += 4 * kHalf)
    for (int v = 0; v < 4; ++v) {
      const HalfDoubles value = __builtin_convertvector(*reinterpret_cast<const HalfFloats*>(x + i + v * kHalf), HalfDoubles);
      sums[v] += value * value;
    }
  const HalfDoubles all = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  double sum = 0;
  for (int lane = 0; lane < kHalf; ++lane) sum += all[lane];
  for (; i < n; ++i) sum += static_cast<double>(x[i]) * x[i];
  return sum;
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
double SquareSum(const float* x, int64_t n) { return UNROLL_DISPATCH(SumOfSquares)(x, n); }
#endif

}  // namespace unroll
