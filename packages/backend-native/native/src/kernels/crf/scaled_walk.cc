#include "kernels/crf/scaled_walk.h"

#include "unroll/crf.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/crf/scaled_walk.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"
#include "unroll/simd_doubles.h"

namespace unroll {
namespace UNROLL_TARGET {

/// Scores in float64, minus infinity for what is forbidden and for padding. Returns the largest.
double StageRow(const float* scores, int64_t count, int64_t stride, double* row) {
  const double nothing = -__builtin_inf();
  for (int64_t k = 0; k < count; ++k) row[k] = scores[k] <= kCrfForbiddenLimit ? nothing : static_cast<double>(scores[k]);
  for (int64_t k = count; k < stride; ++k) row[k] = nothing;
  Doubles largest = BroadcastDouble(nothing);
  for (int64_t k = 0; k < stride; k += kDoubleLanes) {
    const Doubles x = LoadDoubles(row + k);
    largest = x > largest ? x : largest;
  }
  return MaxDoubles(largest);
}

/// Returns whether a permitted score lies too far below the shift, or is no number.
bool ExpRow(double shift, int64_t stride, double* row) {
  const Doubles nothing = BroadcastDouble(-__builtin_inf()), zero = {}, lowest = BroadcastDouble(-kCrfSpread);
  Longs wide = {};
  for (int64_t k = 0; k < stride; k += kDoubleLanes) {
    const Doubles score = LoadDoubles(row + k);
    const Longs permitted = score != nothing;
    const Doubles x = score - shift;
    const Longs held = x >= lowest;
    wide |= permitted & ~held;
    StoreDoubles(row + k, (permitted & held) ? ExpDoubles(held ? x : zero) : zero);
  }
  return AnyLane(wide);
}

/// `vectors` vectors of sum_i before_i matrix_ij, beginning with column j.
template <int vectors>
static UNROLL_INLINE void ProductColumns(const double* before, const double* matrix, int64_t count, int64_t stride, double* product) {
  Doubles sums[vectors] = {};
  for (int64_t i = 0; i < count; ++i) {
    const Doubles factor = BroadcastDouble(before[i]);
    for (int v = 0; v < vectors; ++v) sums[v] += factor * LoadDoubles(matrix + i * stride + v * kDoubleLanes);
  }
  for (int v = 0; v < vectors; ++v) StoreDoubles(product + v * kDoubleLanes, sums[v]);
}

static UNROLL_INLINE void Product(const double* before, const double* matrix, int64_t count, int64_t stride, double* product) {
  int64_t j = 0;
  for (; j + 8 * kDoubleLanes <= stride; j += 8 * kDoubleLanes) ProductColumns<8>(before, matrix + j, count, stride, product + j);
  for (; j + 4 * kDoubleLanes <= stride; j += 4 * kDoubleLanes) ProductColumns<4>(before, matrix + j, count, stride, product + j);
  for (; j + 2 * kDoubleLanes <= stride; j += 2 * kDoubleLanes) ProductColumns<2>(before, matrix + j, count, stride, product + j);
  for (; j < stride; j += kDoubleLanes) ProductColumns<1>(before, matrix + j, count, stride, product + j);
}

/// row = a * b.
static UNROLL_INLINE void Multiplied(const double* a, const double* b, int64_t stride, double* row) {
  for (int64_t k = 0; k < stride; k += kDoubleLanes) StoreDoubles(row + k, LoadDoubles(a + k) * LoadDoubles(b + k));
}

/// Divides a row by its sum, the scale.
static UNROLL_INLINE Walked Normalise(double* row, int64_t stride, double* scale) {
  Doubles sums = {};
  for (int64_t k = 0; k < stride; k += kDoubleLanes) sums += LoadDoubles(row + k);
  const double sum = SumDoubles(sums);
  *scale = sum;
  if (sum == 0) return Walked::kNowhere;
  if (!(sum >= kCrfLeast)) return Walked::kTooWide;
  const Doubles factor = BroadcastDouble(1 / sum), least = BroadcastDouble(kCrfLeast), zero = {};
  Longs lost = {};
  for (int64_t k = 0; k < stride; k += kDoubleLanes) {
    const Doubles value = LoadDoubles(row + k) * factor;
    lost |= (value > zero) & (value < least);
    StoreDoubles(row + k, value);
  }
  return AnyLane(lost) ? Walked::kTooWide : Walked::kWell;
}

Walked Forward(const ScaledLattice& in, const ScaledSums& alpha) {
  const int64_t stride = in.stride;
  for (int64_t t = 0; t < in.length; ++t) {
    double* row = alpha.values + t * stride;
    const double* reached = in.start;
    if (t > 0) {
      Product(row - stride, in.matrix, in.tags, stride, row);
      reached = row;
    }
    Multiplied(reached, in.emissions + t * stride, stride, row);
    const Walked walked = Normalise(row, stride, alpha.scales + t);
    if (walked != Walked::kWell) return walked;
  }
  return Walked::kWell;
}

Walked Backward(const ScaledLattice& in, const ScaledSums& beta) {
  const int64_t stride = in.stride;
  for (int64_t t = in.length - 1; t >= 0; --t) {
    double* row = beta.values + t * stride;
    if (t == in.length - 1) {
      for (int64_t k = 0; k < stride; ++k) row[k] = in.end[k];
    } else {
      // What follows is only needed as a product with its emission: `behind` holds that until the product is made.
      double* behind = beta.values + in.length * stride;
      Multiplied(row + stride, in.emissions + (t + 1) * stride, stride, behind);
      Product(behind, in.transposed, in.tags, stride, row);
    }
    const Walked walked = Normalise(row, stride, beta.scales + t);
    if (walked != Walked::kWell) return walked;
  }
  return Walked::kWell;
}

double Dot(const double* a, const double* b, int64_t stride) {
  Doubles sums = {};
  for (int64_t k = 0; k < stride; k += kDoubleLanes) sums += LoadDoubles(a + k) * LoadDoubles(b + k);
  return SumDoubles(sums);
}

/// sums_ij += before_i after_j.
static UNROLL_INLINE void AddOuterProduct(const double* before, const double* after, int64_t count, int64_t stride, double* sums) {
  for (int64_t i = 0; i < count; ++i) {
    const Doubles factor = BroadcastDouble(before[i]);
    double* row = sums + i * stride;
    for (int64_t k = 0; k < stride; k += kDoubleLanes) StoreDoubles(row + k, LoadDoubles(row + k) + factor * LoadDoubles(after + k));
  }
}

Walked Expectations(const ScaledLattice& in, const ScaledSums& alpha, const ScaledSums& beta, const ScaledExpectations& sums) {
  const int64_t stride = in.stride;
  for (int64_t t = 0; t < in.length; ++t)
    if (!(Dot(alpha.values + t * stride, beta.values + t * stride, stride) >= kCrfLeast)) return Walked::kTooWide;
  for (int64_t t = 0; t < in.length; ++t) {
    const double* a = alpha.values + t * stride;
    const double* b = beta.values + t * stride;
    const Doubles factor = BroadcastDouble(sums.factor / Dot(a, b, stride));
    double* tags = sums.tags + t * stride;
    for (int64_t k = 0; k < stride; k += kDoubleLanes)
      StoreDoubles(tags + k, LoadDoubles(tags + k) + LoadDoubles(a + k) * LoadDoubles(b + k) * factor);
    if (t + 1 == in.length) break;
    // p(i, j) = alpha_t(i) M(i, j) e_{t+1}(j) beta_{t+1}(j) / (scale of beta_t * dot product); M comes last, once for all.
    const Doubles shared = factor * BroadcastDouble(1 / beta.scales[t]);
    double* after = beta.values + in.length * stride;
    Multiplied(in.emissions + (t + 1) * stride, b + stride, stride, after);
    for (int64_t k = 0; k < stride; k += kDoubleLanes) StoreDoubles(after + k, LoadDoubles(after + k) * shared);
    AddOuterProduct(a, after, in.tags, stride, sums.pairs);
  }
  return Walked::kWell;
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
void ScaleRowBy(double shift, const float* scores, int64_t count, int64_t stride, double* row, bool* too_wide) {
  UNROLL_DISPATCH(StageRow)(scores, count, stride, row);
  if (UNROLL_DISPATCH(ExpRow)(shift, stride, row)) *too_wide = true;
}

double ScaleRow(const float* scores, int64_t count, int64_t stride, double* row, bool* too_wide) {
  const double shift = UNROLL_DISPATCH(StageRow)(scores, count, stride, row);
  if (UNROLL_DISPATCH(ExpRow)(shift, stride, row)) *too_wide = true;
  return shift;
}

Walked WalkForward(const ScaledLattice& lattice, const ScaledSums& alpha) { return UNROLL_DISPATCH(Forward)(lattice, alpha); }
Walked WalkBackward(const ScaledLattice& lattice, const ScaledSums& beta) { return UNROLL_DISPATCH(Backward)(lattice, beta); }
Walked AddScaledExpectations(const ScaledLattice& lattice, const ScaledSums& alpha, const ScaledSums& beta, const ScaledExpectations& sums) {
  return UNROLL_DISPATCH(Expectations)(lattice, alpha, beta, sums);
}
double DotProduct(const double* a, const double* b, int64_t stride) { return UNROLL_DISPATCH(Dot)(a, b, stride); }
#endif

}  // namespace unroll
