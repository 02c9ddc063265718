#include "kernels/crf/log_walk.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace unroll {
namespace {

constexpr double kNothing = -std::numeric_limits<double>::infinity();

/// ln sum e^x; a NaN shows in the sum.
double LogSumExp(const std::vector<double>& x) {
  double largest = kNothing;
  for (const double each : x) largest = std::max(largest, each);
  if (largest == kNothing) return kNothing;
  double sum = 0;
  for (const double each : x) sum += std::exp(each - largest);
  return largest + std::log(sum);
}

}  // namespace

void LogForward(const LogLattice& in, double* alpha) {
  const int64_t k = in.tags;
  std::vector<double> terms(static_cast<size_t>(k));
  for (int64_t j = 0; j < k && in.length > 0; ++j) alpha[j] = in.start[j] + in.emissions[j];
  for (int64_t t = 1; t < in.length; ++t) {
    for (int64_t j = 0; j < k; ++j) {
      for (int64_t i = 0; i < k; ++i) terms[static_cast<size_t>(i)] = alpha[(t - 1) * k + i] + in.transitions[i * k + j];
      alpha[t * k + j] = LogSumExp(terms) + in.emissions[t * k + j];
    }
  }
}

void LogBackward(const LogLattice& in, double* beta) {
  const int64_t k = in.tags;
  std::vector<double> terms(static_cast<size_t>(k));
  for (int64_t j = 0; j < k && in.length > 0; ++j) beta[(in.length - 1) * k + j] = in.end[j];
  for (int64_t t = in.length - 2; t >= 0; --t) {
    for (int64_t i = 0; i < k; ++i) {
      for (int64_t j = 0; j < k; ++j)
        terms[static_cast<size_t>(j)] = in.transitions[i * k + j] + in.emissions[(t + 1) * k + j] + beta[(t + 1) * k + j];
      beta[t * k + i] = LogSumExp(terms);
    }
  }
}

double LogPartition(const LogLattice& in, const double* alpha) {
  if (in.length == 0) return 0;
  std::vector<double> terms(alpha + (in.length - 1) * in.tags, alpha + in.length * in.tags);
  for (int64_t j = 0; j < in.tags; ++j) terms[static_cast<size_t>(j)] += in.end[j];
  return LogSumExp(terms);
}

void AddLogExpectations(const LogLattice& in, const double* alpha, const double* beta, const LogExpectations& sums) {
  const int64_t k = in.tags;
  const double partition = LogPartition(in, alpha);
  for (int64_t t = 0; t < in.length; ++t) {
    for (int64_t j = 0; j < k; ++j) {
      sums.tags[t * sums.stride + j] += sums.factor * std::exp(alpha[t * k + j] + beta[t * k + j] - partition);
      const double rest = in.emissions[t * k + j] + beta[t * k + j] - partition;
      for (int64_t i = 0; i < k && t > 0; ++i)
        sums.pairs[i * k + j] += sums.factor * std::exp(alpha[(t - 1) * k + i] + in.transitions[i * k + j] + rest);
    }
  }
}

}  // namespace unroll
