#include "kernels/ctc/walk.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/ctc/rows.h"

namespace unroll {
namespace {

/// A step multiplies m by 3 * 1.5 at most and by 0.7 at least: so many of them stay far from the limits of float64.
constexpr int64_t kStepsBetweenNormalisations = 16;

void FillNowhere(double* rows, int64_t width, int64_t count) {
  for (int64_t array = 0; array < kCtcArrays * count; ++array)
    std::fill(rows + array * width, rows + (array + 1) * width, array % 2 == 0 ? 1.0 : kCtcNowhere);
}

CtcNumber Sum(CtcNumber a, CtcNumber b) {
  if (a.e < b.e) std::swap(a, b);
  return {a.m + b.m * std::exp2(b.e - a.e), a.e};
}

template <typename T>
void Grow(std::vector<T>& buffer, int64_t size) {
  if (buffer.size() < static_cast<size_t>(size)) buffer.resize(static_cast<size_t>(size));
}

}  // namespace

bool CtcWalk::ReadFrame(int64_t t) {
  const float* logits = sequence_.logits + t * sequence_.frame_stride;
  const double log_sum = CtcLogSum(logits, sequence_.symbols);
  if (std::isnan(log_sum)) return false;
  double* logarithms = scratch_.data();
  for (int64_t i = 0; i < sequence_.labels; ++i) logarithms[i] = logits[sequence_.ids[i]] - log_sum;
  logarithms[sequence_.labels] = logits[sequence_.blank] - log_sum;
  const int64_t kept = t % kept_;
  double* m = emissions_.data() + 2 * count_ * kept;
  double* e = m + count_;
  CtcExponentials(logarithms, count_, m, e);
  blanks_[static_cast<size_t>(kept)] = {m[sequence_.labels], e[sequence_.labels]};
  m[sequence_.labels] = 1, e[sequence_.labels] = kCtcImpossible;
  return true;
}

CtcFrame CtcWalk::FrameAt(int64_t t) const {
  const int64_t kept = t % kept_;
  CtcFrame frame;
  frame.count = count_;
  frame.m = emissions_.data() + 2 * count_ * kept;
  frame.e = frame.m + count_;
  frame.skips = skips_.data();
  frame.blank = blanks_[static_cast<size_t>(kept)];
  frame.normalise = t % kStepsBetweenNormalisations == 0;
  return frame;
}

double CtcWalk::Forward(const CtcSequence& sequence, bool keep) {
  const int64_t labels = sequence.labels;
  sequence_ = sequence;
  kept_ = keep ? std::max<int64_t>(1, sequence.length) : 1;
  count_ = (labels + 1 + kCtcPadding - 1) / kCtcPadding * kCtcPadding;
  width_ = count_ + 2 * kCtcPadding;
  skips_.assign(static_cast<size_t>(count_ + 1), kCtcNowhere);
  for (int64_t i = 1; i < labels; ++i)
    if (sequence.ids[i] != sequence.ids[i - 1]) skips_[static_cast<size_t>(i)] = 0;
  scratch_.assign(static_cast<size_t>(count_), 2 * kCtcLeastLogarithm);
  Grow(emissions_, 2 * count_ * kept_);
  Grow(blanks_, kept_);
  Grow(alpha_, kCtcArrays * width_ * (kept_ + 1));
  // Before frame 0 there is blank 0 alone: it leads to blank 0 and to label 0, the two that an alignment may begin with.
  FillNowhere(alpha_.data(), width_, 1);
  RowAt(alpha_, 0).blank_e[0] = 0;
  for (int64_t t = 0; t < sequence.length; ++t) {
    if (!ReadFrame(t)) return std::numeric_limits<double>::quiet_NaN();
    CtcForwardStep(FrameAt(t), RowAt(alpha_, keep ? t : t % 2), RowAt(alpha_, keep ? t + 1 : (t + 1) % 2));
  }
  const CtcRow last = RowAt(alpha_, keep ? sequence.length : sequence.length % 2);
  total_ = {last.blank_m[labels], last.blank_e[labels]};
  if (labels > 0) total_ = Sum(total_, {last.label_m[labels - 1], last.label_e[labels - 1]});
  if (total_.e < kCtcLeast) return -std::numeric_limits<double>::infinity();
  return std::log(total_.m) + total_.e * 0.69314718055994530942;
}

void CtcWalk::WriteOccupancy(float* occupancy, int64_t stride) {
  const int64_t labels = sequence_.labels;
  Grow(beta_, 2 * kCtcArrays * width_);
  FillNowhere(beta_.data(), width_, 2);
  const CtcRow beta = RowAt(beta_, 0), emitted = RowAt(beta_, 1);
  beta.blank_e[labels] = 0;
  if (labels > 0) beta.label_e[labels - 1] = 0;
  for (int64_t t = sequence_.length - 1; t >= 0; --t) {
    float* row = occupancy + t * stride;
    double* of_labels = scratch_.data();
    row[0] = static_cast<float>(CtcOccupancy(count_, RowAt(alpha_, t + 1), beta, total_, of_labels));
    for (int64_t i = 0; i < labels; ++i) row[1 + i] = static_cast<float>(of_labels[i]);
    CtcBackwardStep(FrameAt(t), beta, emitted);
  }
}

}  // namespace unroll
