#ifndef UNROLL_KERNELS_CRF_SCALED_WALK_H_
#define UNROLL_KERNELS_CRF_SCALED_WALK_H_

#include <cstdint>

namespace unroll {

/// Rows of K numbers are padded with zeros to a multiple of this, so that no vector of any target meets a remainder.
constexpr int64_t kCrfPadding = 8;

/// Differences of logarithms that the probability domain holds: with factors of at least e^-230 = 1e-100 no product of three
/// underflows, so a sum is 0 only where nothing permitted leads.
constexpr double kCrfSpread = 230;
constexpr double kCrfLeast = 1e-100;

enum class Walked {
  kWell,
  /// every row of tags is forbidden
  kNowhere,
  /// numbers lie too far apart, or are none: the log domain is needed
  kTooWide,
};

/// e^(score - shift) of one sequence, rows padded; what is forbidden is 0.
struct ScaledLattice {
  int64_t length = 0, tags = 0, stride = 0;
  const double* matrix = nullptr;      // [K, stride], row = from
  const double* transposed = nullptr;  // [K, stride], row = to
  const double* start = nullptr;       // [stride]
  const double* end = nullptr;         // [stride]
  const double* emissions = nullptr;   // [L, stride]
};

/// Sums over what leads to, or follows, each tag of each step, divided by their total of the step.
struct ScaledSums {
  double* values = nullptr;  // out [L + 1, stride], the last row being scratch
  double* scales = nullptr;  // out [L]
};

/// Where probabilities of one sequence are added up.
struct ScaledExpectations {
  double factor = 0;
  double* tags = nullptr;   // changes [L, stride]: + factor * p(tag)
  double* pairs = nullptr;  // changes [K, stride]: + factor * p(pair) / matrix
};

/// row = e^(score - shift), zeros for what is forbidden and for padding; the shift is the largest score, or the one given.
/// @returns the shift; minus infinity if all are forbidden. `too_wide` turns true where a score lies too far below it.
double ScaleRow(const float* scores, int64_t count, int64_t stride, double* row, bool* too_wide);
void ScaleRowBy(double shift, const float* scores, int64_t count, int64_t stride, double* row, bool* too_wide);

/// Sums over what leads to each tag.
Walked WalkForward(const ScaledLattice& lattice, const ScaledSums& alpha);
/// Sums over what may follow each tag; the emission of the step itself is not in them.
Walked WalkBackward(const ScaledLattice& lattice, const ScaledSums& beta);

/// Probabilities of tags and of neighbouring pairs. If it does not end well nothing was added.
Walked AddScaledExpectations(const ScaledLattice& lattice, const ScaledSums& alpha, const ScaledSums& beta, const ScaledExpectations& sums);

/// sum_k a_k b_k.
double DotProduct(const double* a, const double* b, int64_t stride);

}  // namespace unroll

#endif  // UNROLL_KERNELS_CRF_SCALED_WALK_H_
