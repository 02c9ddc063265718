#include <cmath>

#include "parallel/thread_pool.h"
#include "unroll/reduce.h"
#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/softmax.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"
#include "unroll/vector_math.h"

namespace unroll {
namespace UNROLL_TARGET {

static UNROLL_INLINE float RowMaximum(const float* x, int64_t width) {
  Floats best = Broadcast(-__builtin_inff());
  int64_t i = 0;
  for (; i + kLanes <= width; i += kLanes) best = Max(best, Load(x + i));
  float result = MaxLanes(best);
  for (; i < width; ++i) result = result > x[i] ? result : x[i];
  return result;
}

// Lanes past the end hold -infinity, whose exponential is 0, so that sums need no second case.
static UNROLL_INLINE Floats LoadOrNothing(const float* x, int64_t rest) {
  if (rest >= kLanes) return Load(x);
  float lanes[kLanes];
  for (int i = 0; i < kLanes; ++i) lanes[i] = i < rest ? x[i] : -__builtin_inff();
  return Load(lanes);
}

void SoftmaxRow(const float* x, float* y, int64_t width) {
  const Floats maximum = Broadcast(RowMaximum(x, width));
  Floats sum = {};
  for (int64_t i = 0; i < width; i += kLanes) {
    const Floats e = Exp(LoadOrNothing(x + i, width - i) - maximum);
    sum = sum + e;
    StoreUpTo(y + i, e, width - i);
  }
  const Floats scale = Broadcast(1.0f / SumLanes(sum));
  for (int64_t i = 0; i < width; i += kLanes) StoreUpTo(y + i, LoadUpTo(y + i, width - i) * scale, width - i);
}

/// The sum of exp(x - maximum).
float SumOfExponentials(const float* x, int64_t width, float* maximum_out) {
  const float greatest = RowMaximum(x, width);
  const Floats maximum = Broadcast(greatest);
  Floats sum = {};
  for (int64_t i = 0; i < width; i += kLanes) sum = sum + Exp(LoadOrNothing(x + i, width - i) - maximum);
  *maximum_out = greatest;
  return SumLanes(sum);
}

void SubtractRow(const float* x, float* y, int64_t width, float first, float second) {
  for (int64_t i = 0; i < width; i += kLanes)
    StoreUpTo(y + i, (LoadUpTo(x + i, width - i) - first) - second, width - i);
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
namespace {
int64_t RowGrain(int64_t width) { return (1 << 13) / width + 1; }
}  // namespace

void Softmax(const float* x, float* y, int64_t rows, int64_t width) {
  if (width == 0) return;
  ParallelFor(rows, RowGrain(width), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) UNROLL_DISPATCH(SoftmaxRow)(x + row * width, y + row * width, width);
  });
}

void LogSoftmax(const float* x, float* y, int64_t rows, int64_t width) {
  if (width == 0) return;
  ParallelFor(rows, RowGrain(width), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      float maximum = 0;
      const float sum = UNROLL_DISPATCH(SumOfExponentials)(x + row * width, width, &maximum);
      UNROLL_DISPATCH(SubtractRow)(x + row * width, y + row * width, width, maximum, std::log(sum));
    }
  });
}
#endif

}  // namespace unroll
