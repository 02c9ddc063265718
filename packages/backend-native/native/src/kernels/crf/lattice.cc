#include "kernels/crf/lattice.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "parallel/thread_pool.h"

namespace unroll {
namespace {

constexpr double kNothing = -std::numeric_limits<double>::infinity();

std::vector<double> Logarithms(const float* scores, int64_t count) {
  std::vector<double> result(static_cast<size_t>(count));
  std::transform(scores, scores + count, result.begin(), PermittedScore);
  return result;
}

/// The largest permitted score, 0 if there is none.
double ShiftOf(const std::vector<double>& scores) {
  const double largest = *std::max_element(scores.begin(), scores.end());
  return largest == kNothing ? 0 : largest;
}

}  // namespace

Status CheckCrf(const char* operation, const CrfScores& in, const int32_t* tags) {
  for (int64_t b = 0; b < in.batch_size; ++b) {
    if (in.lengths[b] < 0 || in.lengths[b] > in.time_steps)
      return Status::Invalid("unroll: %s: lengths[%lld] must be in [0, %lld] (the time steps), got %d", operation,
                             static_cast<long long>(b), static_cast<long long>(in.time_steps), in.lengths[b]);
    for (int64_t t = 0; tags != nullptr && t < in.lengths[b]; ++t) {
      const int32_t tag = tags[t * in.batch_size + b];
      if (tag < -1 || tag >= in.tags)
        return Status::Invalid("unroll: %s: tags[%lld, %lld] must be in [-1, %lld), -1 where it is not known, got %d", operation,
                               static_cast<long long>(t), static_cast<long long>(b), static_cast<long long>(in.tags), tag);
    }
  }
  return Status::Ok();
}

std::vector<int64_t> CrfOrder(const CrfScores& in) {
  std::vector<int64_t> order(static_cast<size_t>(in.batch_size));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return in.lengths[a] > in.lengths[b]; });
  return order;
}

int CrfParts(const CrfScores& in) {
  const double steps = std::accumulate(in.lengths, in.lengths + in.batch_size, 0.0);
  const double work = steps * static_cast<double>(in.tags * (in.tags + 8));
  if (in.batch_size == 0 || work == 0) return 1;
  const double sequences_of_enough_work = (1 << 15) * static_cast<double>(in.batch_size) / work;
  return PartCount(in.batch_size, 1 + static_cast<int64_t>(std::min(sequences_of_enough_work, 1e9)));
}

CrfShared::CrfShared(const CrfScores& given)
    : scores(given),
      stride((given.tags + kCrfPadding - 1) / kCrfPadding * kCrfPadding),
      log_transitions(Logarithms(given.transitions, given.tags * given.tags)),
      log_start(Logarithms(given.start, given.tags)),
      log_end(Logarithms(given.end, given.tags)) {
  const int64_t k = given.tags;
  const auto size = static_cast<size_t>(stride);
  matrix.resize(size * static_cast<size_t>(k));
  transposed.resize(matrix.size());
  start.resize(size);
  end.resize(size);
  transition_shift = ShiftOf(log_transitions);
  start_shift = ShiftOf(log_start);
  end_shift = ShiftOf(log_end);
  ScaleRowBy(start_shift, given.start, k, stride, start.data(), &too_wide);
  ScaleRowBy(end_shift, given.end, k, stride, end.data(), &too_wide);
  for (int64_t i = 0; i < k; ++i) {
    ScaleRowBy(transition_shift, given.transitions + i * k, k, stride, matrix.data() + i * stride, &too_wide);
    for (int64_t j = 0; j < k; ++j) transposed[static_cast<size_t>(j * stride + i)] = matrix[static_cast<size_t>(i * stride + j)];
  }
}

CrfExpectations::CrfExpectations(const CrfShared& shared)
    : counts(static_cast<size_t>(shared.scores.tags * shared.scores.tags)),
      scaled_counts(shared.matrix.size()),
      start(static_cast<size_t>(shared.scores.tags)),
      end(start) {}

void CrfLattice::Read(int64_t b, const int32_t* tags) {
  const CrfScores& in = shared_.scores;
  const int64_t stride = shared_.stride;
  b_ = b;
  tags_ = tags;
  length_ = in.lengths[b];
  too_wide_ = shared_.too_wide;
  const auto rows = static_cast<size_t>((length_ + 1) * stride);
  for (std::vector<double>* buffer : {&emissions_, &alpha_, &beta_})
    if (buffer->size() < rows) buffer->resize(rows);
  for (std::vector<double>* buffer : {&shifts_, &alpha_scales_, &beta_scales_})
    if (buffer->size() < static_cast<size_t>(length_)) buffer->resize(static_cast<size_t>(length_));
  for (int64_t t = 0; t < length_; ++t) {
    double* row = emissions_.data() + t * stride;
    const int64_t step = t * in.batch_size + b;
    const int32_t tag = tags == nullptr ? -1 : tags[step];
    double& shift = shifts_[static_cast<size_t>(t)];
    if (tag < 0) {
      shift = ScaleRow(in.emissions + step * in.tags, in.tags, stride, row, &too_wide_);
    } else {
      std::fill(row, row + stride, 0.0);
      shift = PermittedScore(in.emissions[step * in.tags + tag]);
      row[tag] = shift == kNothing ? 0 : 1;
      too_wide_ = too_wide_ || !(shift < std::numeric_limits<double>::infinity());
    }
    if (shift == kNothing) shift = 0;
  }
}

ScaledLattice CrfLattice::Scaled() const {
  ScaledLattice lattice;
  lattice.length = length_, lattice.tags = shared_.scores.tags, lattice.stride = shared_.stride;
  lattice.matrix = shared_.matrix.data(), lattice.transposed = shared_.transposed.data();
  lattice.start = shared_.start.data(), lattice.end = shared_.end.data();
  lattice.emissions = emissions_.data();
  return lattice;
}

LogLattice CrfLattice::Logarithms() const {
  return {length_, shared_.scores.tags, shared_.log_transitions.data(), shared_.log_start.data(), shared_.log_end.data(), log_emissions_.data()};
}

void CrfLattice::ReadLogarithms() {
  const CrfScores& in = shared_.scores;
  for (std::vector<double>* buffer : {&log_emissions_, &log_alpha_, &log_beta_}) buffer->resize(static_cast<size_t>(length_ * in.tags));
  for (int64_t t = 0; t < length_; ++t) {
    const int64_t step = t * in.batch_size + b_;
    const int32_t tag = tags_ == nullptr ? -1 : tags_[step];
    for (int64_t k = 0; k < in.tags; ++k)
      log_emissions_[static_cast<size_t>(t * in.tags + k)] = tag == -1 || tag == k ? PermittedScore(in.emissions[step * in.tags + k]) : kNothing;
  }
}

double CrfLattice::ScaledLogPartition() const {
  const auto last = static_cast<size_t>(length_ - 1);
  double sum = std::log(DotProduct(alpha_.data() + static_cast<int64_t>(last) * shared_.stride, shared_.end.data(), shared_.stride));
  for (size_t t = 0; t <= last; ++t) sum += shifts_[t] + std::log(alpha_scales_[t]);
  return sum + shared_.start_shift + shared_.end_shift + static_cast<double>(last) * shared_.transition_shift;
}

double CrfLattice::LogPartition() {
  if (length_ == 0) return 0;
  if (!too_wide_) {
    switch (WalkForward(Scaled(), Alpha())) {
      case Walked::kWell: return ScaledLogPartition();
      case Walked::kNowhere: return kNothing;
      case Walked::kTooWide: break;
    }
  }
  ReadLogarithms();
  LogForward(Logarithms(), log_alpha_.data());
  return unroll::LogPartition(Logarithms(), log_alpha_.data());
}

void CrfLattice::AddExpectations(double factor, double* emissions, CrfExpectations& sums) {
  const bool scaled = !too_wide_ && WalkForward(Scaled(), Alpha()) == Walked::kWell && WalkBackward(Scaled(), Beta()) == Walked::kWell &&
                      AddScaledExpectations(Scaled(), Alpha(), Beta(), {factor, emissions, sums.scaled_counts.data()}) == Walked::kWell;
  if (scaled) return;
  ReadLogarithms();
  LogForward(Logarithms(), log_alpha_.data());
  LogBackward(Logarithms(), log_beta_.data());
  AddLogExpectations(Logarithms(), log_alpha_.data(), log_beta_.data(), {factor, shared_.stride, emissions, sums.counts.data()});
}

void CrfLattice::WriteSums(const CrfSums& sums) {
  if (length_ > 0 && !too_wide_ && WalkForward(Scaled(), Alpha()) == Walked::kWell && WalkBackward(Scaled(), Beta()) == Walked::kWell) {
    WriteScaledSums(sums);
  } else {
    WriteLogSums(sums);
  }
}

void CrfLattice::WriteScaledSums(const CrfSums& sums) {
  const int64_t tags = shared_.scores.tags, stride = shared_.stride;
  sums.log_partition[b_] = static_cast<float>(ScaledLogPartition());
  double before = shared_.start_shift - shared_.transition_shift, behind = shared_.end_shift;
  for (int64_t t = 0; t < length_; ++t) {
    before += std::log(alpha_scales_[static_cast<size_t>(t)]) + shifts_[static_cast<size_t>(t)] + shared_.transition_shift;
    const double* alpha = alpha_.data() + t * stride;
    const double* beta = beta_.data() + t * stride;
    const double total = DotProduct(alpha, beta, stride);
    const int64_t to = (t * shared_.scores.batch_size + b_) * tags;
    for (int64_t k = 0; k < tags; ++k) {
      sums.forward[to + k] = static_cast<float>(before + std::log(alpha[k]));
      sums.marginals[to + k] = total == 0 ? 0.0f : static_cast<float>(alpha[k] * beta[k] / total);
    }
  }
  for (int64_t t = length_ - 1; t >= 0; --t) {
    behind += std::log(beta_scales_[static_cast<size_t>(t)]);
    const double* beta = beta_.data() + t * stride;
    const int64_t to = (t * shared_.scores.batch_size + b_) * tags;
    for (int64_t k = 0; k < tags; ++k) sums.backward[to + k] = static_cast<float>(behind + std::log(beta[k]));
    behind += shifts_[static_cast<size_t>(t)] + shared_.transition_shift;
  }
}

void CrfLattice::WriteLogSums(const CrfSums& sums) {
  const int64_t tags = shared_.scores.tags;
  ReadLogarithms();
  LogForward(Logarithms(), log_alpha_.data());
  LogBackward(Logarithms(), log_beta_.data());
  const double partition = unroll::LogPartition(Logarithms(), log_alpha_.data());
  sums.log_partition[b_] = static_cast<float>(partition);
  for (int64_t t = 0; t < length_; ++t) {
    const int64_t to = (t * shared_.scores.batch_size + b_) * tags;
    for (int64_t k = 0; k < tags; ++k) {
      const double alpha = log_alpha_[static_cast<size_t>(t * tags + k)], beta = log_beta_[static_cast<size_t>(t * tags + k)];
      sums.forward[to + k] = static_cast<float>(alpha);
      sums.backward[to + k] = static_cast<float>(beta);
      sums.marginals[to + k] = partition == kNothing ? 0.0f : static_cast<float>(std::exp(alpha + beta - partition));
    }
  }
}

}  // namespace unroll
