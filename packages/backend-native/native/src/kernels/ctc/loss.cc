#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "kernels/ctc/rows.h"
#include "kernels/ctc/walk.h"
#include "parallel/thread_pool.h"
#include "unroll/ctc_loss.h"
#include "unroll/profile.h"

namespace unroll {
namespace {

Status Check(const char* operation, const CtcCall& call) {
  const auto integer = [](int64_t x) { return static_cast<long long>(x); };
  for (int64_t b = 0; b < call.batch_size; ++b) {
    if (call.lengths[b] < 0 || call.lengths[b] > call.time_steps)
      return Status::Invalid("unroll: %s: lengths[%lld] must be in [0, %lld] (the time steps), got %d", operation, integer(b),
                             integer(call.time_steps), call.lengths[b]);
    if (call.label_lengths[b] < 0 || call.label_lengths[b] > call.most_labels)
      return Status::Invalid("unroll: %s: labelLengths[%lld] must be in [0, %lld] (the labels), got %d", operation, integer(b),
                             integer(call.most_labels), call.label_lengths[b]);
    for (int64_t i = 0; i < call.label_lengths[b]; ++i) {
      const int32_t label = call.labels[b * call.most_labels + i];
      if (label < 0 || label >= call.symbols || label == call.blank)
        return Status::Invalid("unroll: %s: labels[%lld, %lld] must be in [0, %lld) (the symbols) and not %d (the blank), got %d", operation,
                               integer(b), integer(i), integer(call.symbols), call.blank, label);
    }
  }
  return Status::Ok();
}

CtcSequence SequenceAt(const CtcCall& call, int64_t b) {
  CtcSequence sequence;
  sequence.length = call.lengths[b], sequence.labels = call.label_lengths[b], sequence.symbols = call.symbols;
  sequence.logits = call.logits + b * call.symbols;
  sequence.frame_stride = call.batch_size * call.symbols;
  sequence.ids = call.labels + b * call.most_labels;
  sequence.blank = call.blank;
  return sequence;
}

double Work(const CtcCall& call, int64_t b) {
  return static_cast<double>(call.lengths[b]) * static_cast<double>(call.symbols + 16 * (call.label_lengths[b] + 2));
}

/// The sequences, those with the most work first, so that threads that take them in turn end at about the same time.
std::vector<int64_t> Order(const CtcCall& call) {
  std::vector<int64_t> order(static_cast<size_t>(call.batch_size));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return Work(call, a) > Work(call, b); });
  return order;
}

int Parts(const CtcCall& call) {
  double work = 0;
  for (int64_t b = 0; b < call.batch_size; ++b) work += Work(call, b);
  if (work == 0) return 1;
  const double sequences_of_enough_work = (1 << 15) * static_cast<double>(call.batch_size) / work;
  return PartCount(call.batch_size, 1 + static_cast<int64_t>(std::min(sequences_of_enough_work, 1e9)));
}

/// Zeros where nothing else is written: behind the labels, and in padding.
void ClearOccupancy(const CtcCall& call, int64_t b, int64_t written_frames, float* occupancy) {
  const int64_t width = call.most_labels + 1;
  for (int64_t t = 0; t < call.time_steps; ++t) {
    float* row = occupancy + (t * call.batch_size + b) * width;
    std::fill(row + (t < written_frames ? call.label_lengths[b] + 1 : 0), row + width, 0.0f);
  }
}

void GradientRow(const CtcCall& call, const CtcGradient& gradient, int64_t t, int64_t b) {
  const int64_t row = t * call.batch_size + b;
  float* out = gradient.d_logits + row * call.symbols;
  if (t >= call.lengths[b] || gradient.losses[b] == std::numeric_limits<float>::infinity()) {
    std::fill(out, out + call.symbols, 0.0f);
    return;
  }
  const float weight = gradient.d_losses[b];
  CtcSoftmax(call.logits + row * call.symbols, call.symbols, weight, out);
  const float* occupancy = gradient.occupancy + row * (call.most_labels + 1);
  const int32_t* labels = call.labels + b * call.most_labels;
  out[call.blank] -= weight * occupancy[0];
  for (int64_t i = 0; i < call.label_lengths[b]; ++i) out[labels[i]] -= weight * occupancy[1 + i];
  if (std::isnan(gradient.losses[b])) std::fill(out, out + call.symbols, gradient.losses[b]);
}

}  // namespace

Status CtcLoss(const CtcCall& call, float* losses, float* occupancy) {
  UNROLL_RETURN_IF_ERROR(Check("CtcLoss", call));
  const profile::Span span("sums over alignments");
  const std::vector<int64_t> order = Order(call);
  const int parts = Parts(call);
  ParallelRun(parts, [&](int part) {
    CtcWalk walk;
    for (size_t i = static_cast<size_t>(part); i < order.size(); i += static_cast<size_t>(parts)) {
      const int64_t b = order[i];
      const double log_probability = walk.Forward(SequenceAt(call, b), occupancy != nullptr);
      losses[b] = static_cast<float>(0 - log_probability);
      if (occupancy == nullptr) continue;
      const int64_t width = call.most_labels + 1;
      const bool finite = std::isfinite(log_probability);
      if (finite) walk.WriteOccupancy(occupancy + b * width, call.batch_size * width);
      ClearOccupancy(call, b, finite ? call.lengths[b] : 0, occupancy);
    }
  });
  return Status::Ok();
}

Status CtcLossGradient(const CtcCall& call, const CtcGradient& gradient) {
  UNROLL_RETURN_IF_ERROR(Check("CtcLossGrad", call));
  const profile::Span span("gradient of logits");
  ParallelFor(call.time_steps * call.batch_size, (1 << 13) / call.symbols + 1, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) GradientRow(call, gradient, row / call.batch_size, row % call.batch_size);
  });
  return Status::Ok();
}

}  // namespace unroll
