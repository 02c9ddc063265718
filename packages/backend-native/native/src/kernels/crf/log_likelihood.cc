#include <algorithm>
#include <limits>
#include <vector>

#include "kernels/crf/lattice.h"
#include "parallel/thread_pool.h"
#include "unroll/crf.h"
#include "unroll/profile.h"

namespace unroll {
namespace {

constexpr double kNothing = -std::numeric_limits<double>::infinity();

/// The tags of sequence b, step by step.
struct KnownTags {
  KnownTags(const CrfScores& in, const int32_t* tags, int64_t b) : scores(in), first(tags + b), length(in.lengths[b]), b(b) {
    for (int64_t t = 0; t < length; ++t) all_known = all_known && (*this)[t] >= 0;
  }
  int32_t operator[](int64_t t) const { return first[t * scores.batch_size]; }

  /// Of the one row that agrees, minus infinity if it is forbidden.
  double Score() const {
    if (length == 0) return 0;
    double sum = 0;
    for (int64_t t = 0; t < length; ++t) {
      sum += PermittedScore(scores.emissions[(t * scores.batch_size + b) * scores.tags + (*this)[t]]);
      sum += PermittedScore(t == 0 ? scores.start[(*this)[0]] : scores.transitions[(*this)[t - 1] * scores.tags + (*this)[t]]);
    }
    return sum + PermittedScore(scores.end[(*this)[length - 1]]);
  }

  /// Adds what AddExpectations does, for the one row.
  void AddCounts(double factor, int64_t stride, double* emissions, CrfExpectations& sums) const {
    for (int64_t t = 0; t < length; ++t) {
      emissions[t * stride + (*this)[t]] += factor;
      if (t > 0) sums.counts[static_cast<size_t>((*this)[t - 1] * scores.tags + (*this)[t])] += factor;
    }
  }

  const CrfScores& scores;
  const int32_t* first;
  int64_t length, b;
  bool all_known = true;
};

double LogNumerator(const KnownTags& tags, const int32_t* all, CrfLattice& lattice) {
  if (tags.all_known) return tags.Score();
  lattice.Read(tags.b, all);
  return lattice.LogPartition();
}

/// Sequence b of the emissions' gradient and what it adds to `sums`. `gradient` is scratch.
void SequenceGradient(const CrfScores& in, const int32_t* all, const CrfGradients& out, int64_t b, CrfLattice& lattice,
                      std::vector<double>& gradient, CrfExpectations& sums) {
  const KnownTags tags(in, all, b);
  const double factor = out.d_log_likelihood[b];
  const int64_t stride = lattice.stride();
  gradient.assign(static_cast<size_t>(tags.length * stride), 0.0);
  if (tags.length > 0 && LogNumerator(tags, all, lattice) != kNothing) {
    if (tags.all_known) {
      tags.AddCounts(factor, stride, gradient.data(), sums);
    } else {
      lattice.AddExpectations(factor, gradient.data(), sums);
    }
    lattice.Read(b, nullptr);
    lattice.AddExpectations(-factor, gradient.data(), sums);
    for (int64_t k = 0; k < in.tags; ++k) {
      sums.start[static_cast<size_t>(k)] += gradient[static_cast<size_t>(k)];
      sums.end[static_cast<size_t>(k)] += gradient[static_cast<size_t>((tags.length - 1) * stride + k)];
    }
  }
  for (int64_t t = 0; t < in.time_steps; ++t) {
    float* row = out.d_emissions + (t * in.batch_size + b) * in.tags;
    for (int64_t k = 0; k < in.tags; ++k) row[k] = t < tags.length ? static_cast<float>(gradient[static_cast<size_t>(t * stride + k)]) : 0.0f;
  }
}

/// The sum over threads, always in the same order.
template <typename Value>
void SumParts(const std::vector<CrfExpectations>& parts, int64_t count, float* out, Value&& value) {
  for (int64_t i = 0; i < count; ++i) {
    double sum = 0;
    for (const CrfExpectations& part : parts) sum += value(part, i);
    out[i] = static_cast<float>(sum);
  }
}

}  // namespace

Status CrfLogLikelihood(const CrfScores& in, const int32_t* tags, float* log_likelihood) {
  UNROLL_RETURN_IF_ERROR(CheckCrf("CrfLogLikelihood", in, tags));
  const profile::Span span("forward sums");
  const CrfShared shared(in);
  const std::vector<int64_t> order = CrfOrder(in);
  const int parts = CrfParts(in);
  ParallelRun(parts, [&](int part) {
    CrfLattice lattice(shared);
    for (size_t i = static_cast<size_t>(part); i < order.size(); i += static_cast<size_t>(parts)) {
      const KnownTags known(in, tags, order[i]);
      const double numerator = LogNumerator(known, tags, lattice);
      lattice.Read(order[i], nullptr);
      const double value = numerator == kNothing ? kCrfForbiddenScore : numerator - lattice.LogPartition();
      log_likelihood[order[i]] = static_cast<float>(value > 0 ? 0 : value);  // rounding may lift it above
    }
  });
  return Status::Ok();
}

Status CrfLogLikelihoodGradient(const CrfScores& in, const int32_t* tags, const CrfGradients& out) {
  UNROLL_RETURN_IF_ERROR(CheckCrf("CrfLogLikelihoodGrad", in, tags));
  const profile::Span span("forward and backward sums");
  const CrfShared shared(in);
  const std::vector<int64_t> order = CrfOrder(in);
  std::vector<CrfExpectations> sums(static_cast<size_t>(CrfParts(in)), CrfExpectations(shared));
  ParallelRun(static_cast<int>(sums.size()), [&](int part) {
    CrfLattice lattice(shared);
    std::vector<double> gradient;
    for (size_t i = static_cast<size_t>(part); i < order.size(); i += sums.size())
      SequenceGradient(in, tags, out, order[i], lattice, gradient, sums[static_cast<size_t>(part)]);
  });
  const int64_t k = in.tags;
  SumParts(sums, k * k, out.d_transitions, [&](const CrfExpectations& part, int64_t i) {
    const auto scaled = static_cast<size_t>(i / k * shared.stride + i % k);
    return part.counts[static_cast<size_t>(i)] + part.scaled_counts[scaled] * shared.matrix[scaled];
  });
  SumParts(sums, k, out.d_start, [](const CrfExpectations& part, int64_t i) { return part.start[static_cast<size_t>(i)]; });
  SumParts(sums, k, out.d_end, [](const CrfExpectations& part, int64_t i) { return part.end[static_cast<size_t>(i)]; });
  return Status::Ok();
}

}  // namespace unroll
