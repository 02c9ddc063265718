#include "kernels/ctc/rows.h"

#include <cmath>

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/ctc/rows.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"
#include "unroll/simd_doubles.h"
#include "unroll/vector_math.h"

namespace unroll {
namespace UNROLL_TARGET {

typedef float HalfFloats __attribute__((vector_size(UNROLL_VECTOR_BYTES / 2)));

/// Lanes past the end hold minus infinity, whose exponential is 0.
static UNROLL_INLINE Floats LoadOrNothing(const float* x, int64_t rest) {
  if (rest >= kLanes) return Load(x);
  Ints lane;
  for (int i = 0; i < kLanes; ++i) lane[i] = i;
  return Select(lane < BroadcastInt(static_cast<int32_t>(rest)), LoadPartial(x, static_cast<int>(rest)), Broadcast(-__builtin_inff()));
}

/// A NaN may pass unseen: the sum of exponentials finds it.
static UNROLL_INLINE float Largest(const float* x, int64_t n) {
  Floats largest = Broadcast(-__builtin_inff());
  for (int64_t i = 0; i < n; i += kLanes) largest = Max(largest, LoadOrNothing(x + i, n - i));
  return MaxLanes(largest);
}

static UNROLL_INLINE Doubles AddHalves(Doubles sums, Floats x) {
  HalfFloats halves[2];
  __builtin_memcpy(halves, &x, sizeof halves);
  return sums + (__builtin_convertvector(halves[0], Doubles) + __builtin_convertvector(halves[1], Doubles));
}

/// The sum of e^(x - largest), in float64 because it may be 1 and very little more.
double CtcSumOfExponentials(const float* x, int64_t n, float* largest) {
  *largest = Largest(x, n);
  const Floats shift = Broadcast(*largest);
  Doubles sums = {};
  for (int64_t i = 0; i < n; i += kLanes) sums = AddHalves(sums, ExpUpToZero(LoadOrNothing(x + i, n - i) - shift));
  return SumDoubles(sums);
}

void CtcSoftmaxRow(const float* x, int64_t n, float weight, float* y) {
  const Floats shift = Broadcast(Largest(x, n));
  Floats sums = {};
  for (int64_t i = 0; i < n; i += kLanes) {
    const Floats e = ExpUpToZero(LoadOrNothing(x + i, n - i) - shift);
    sums += e;
    StoreUpTo(y + i, e, n - i);
  }
  const Floats scale = Broadcast(weight / SumLanes(sums));
  for (int64_t i = 0; i < n; i += kLanes) StoreUpTo(y + i, LoadUpTo(y + i, n - i) * scale, n - i);
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
double CtcLogSum(const float* x, int64_t n) {
  float largest = 0;
  const double sum = UNROLL_DISPATCH(CtcSumOfExponentials)(x, n, &largest);
  return static_cast<double>(largest) + std::log(sum);
}

void CtcSoftmax(const float* x, int64_t n, float weight, float* y) { UNROLL_DISPATCH(CtcSoftmaxRow)(x, n, weight, y); }
#endif

}  // namespace unroll
