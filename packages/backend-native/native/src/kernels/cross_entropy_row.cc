#include "kernels/cross_entropy_row.h"

#include <cmath>

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/cross_entropy_row.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"
#include "unroll/vector_math.h"

namespace unroll {
namespace UNROLL_TARGET {

static const float kLowest = -__builtin_inff();

/// The largest of n numbers. A NaN may pass unseen: the sum of exponentials finds it.
float LargestOf(const float* x, int64_t n) {
  Floats largest[2] = {Broadcast(kLowest), Broadcast(kLowest)};
  int64_t i = 0;
  for (; i + 2 * kLanes <= n; i += 2 * kLanes) {
    largest[0] = Max(largest[0], Load(x + i));
    largest[1] = Max(largest[1], Load(x + i + kLanes));
  }
  float most = MaxLanes(Max(largest[0], largest[1]));
  for (; i < n; ++i) most = most > x[i] ? most : x[i];
  return most;
}

double SumOf(const float* x, int64_t n) {
  double sum = 0;
  for (int64_t first = 0; first < n; first += 64 * kLanes) {
    const int64_t end = first + 64 * kLanes < n ? first + 64 * kLanes : n;
    Floats part = {};
    for (int64_t i = first; i < end; i += kLanes) part += LoadUpTo(x + i, end - i);
    sum += SumLanes(part);
  }
  return sum;
}

/// The sum of e^(x - shift), which x becomes if `keep`; no x is above the shift.
template <bool keep>
static double SumOfExponentials(float* x, int64_t n, float shift) {
  double sum = 0;
  const Floats shifts = Broadcast(shift);
  for (int64_t first = 0; first < n; first += 64 * kLanes) {
    const int64_t end = first + 64 * kLanes < n ? first + 64 * kLanes : n;
    Floats part = {};
    int64_t i = first;
    for (; i + kLanes <= end; i += kLanes) {
      const Floats e = ExpUpToZero(Load(x + i) - shifts);
      if (keep) Store(x + i, e);
      part += e;
    }
    if (i < end) {
      Floats tail = {};
      for (int64_t j = i; j < end; ++j) tail[j - i] = x[j];
      tail = ExpUpToZero(tail - shifts);
      for (int64_t j = i; j < end; ++j) {
        sum += tail[j - i];
        if (keep) x[j] = tail[j - i];
      }
    }
    sum += SumLanes(part);
  }
  return sum;
}

double Exponentials(float* x, int64_t n, float shift, bool keep) {
  return keep ? SumOfExponentials<true>(x, n, shift) : SumOfExponentials<false>(x, n, shift);
}

/// x = x * scale - offset, added to `sums` where there are any.
void ScaleAndShift(float* x, int64_t n, float scale, float offset, float* sums) {
  const Floats scales = Broadcast(scale), offsets = Broadcast(-offset);
  for (int64_t i = 0; i < n; i += kLanes) {
    const Floats value = MultiplyAdd(LoadUpTo(x + i, n - i), scales, offsets);
    StoreUpTo(x + i, value, n - i);
    if (sums != nullptr) StoreUpTo(sums + i, LoadUpTo(sums + i, n - i) + value, n - i);
  }
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
float CrossEntropyOfRow(const CrossEntropyRow& row) {
  const int64_t n = row.vocabulary_size;
  const double smoothed = row.label_smoothing, per_word = smoothed / static_cast<double>(n);
  const double target_logit = row.logits[row.target];
  const double mean_logit = smoothed == 0 ? 0 : UNROLL_DISPATCH(SumOf)(row.logits, n) / static_cast<double>(n);
  const float largest = UNROLL_DISPATCH(LargestOf)(row.logits, n);
  const double sum = UNROLL_DISPATCH(Exponentials)(row.logits, n, largest, row.want_gradient);
  const double log_sum = largest + std::log(sum);
  if (row.want_gradient) {
    // weight * (softmax - q); what belongs to the target alone comes last.
    const float at_target = static_cast<float>(row.weight * (1 - smoothed));
    UNROLL_DISPATCH(ScaleAndShift)(row.logits, n, static_cast<float>(row.weight / sum), static_cast<float>(row.weight * per_word), row.bias_gradient);
    row.logits[row.target] -= at_target;
    if (row.bias_gradient != nullptr) row.bias_gradient[row.target] -= at_target;
  }
  return static_cast<float>(row.weight * (log_sum - (1 - smoothed) * target_logit - smoothed * mean_logit));
}
#endif

}  // namespace unroll
