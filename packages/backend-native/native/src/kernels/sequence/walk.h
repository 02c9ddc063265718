#ifndef UNROLL_KERNELS_SEQUENCE_WALK_H_
#define UNROLL_KERNELS_SEQUENCE_WALK_H_

#include <cstdint>
#include <vector>

#include "unroll/sequence.h"

namespace unroll {

// Which rows the recurrent kernels compute, and in which order. Padding costs nothing: sequences are ordered by length,
// longest first, so that the real rows of a step are the first ones and a product takes just these. Real rows are
// numbered by time, within a step by that order; what the kernels keep for themselves (gates, cells, gathered inputs,
// gradients of gates) holds row after row by number, what belongs to the caller lies at its place in [T, B]. Without
// padding the two are one.

/// Row i (in the order of lengths) of step t.
struct Row {
  int64_t number, place;  // among real rows; in [T, B]
  int64_t sequence;       // in [B]
  int64_t number_before, place_before;  // of the sequence's step before in walking order; -1 if this is its first
};

class Walk {
 public:
  explicit Walk(const SequenceInputs& inputs);

  const SequenceInputs& inputs() const { return *inputs_; }
  /// Steps that have a real row: 0 <= t < steps().
  int64_t steps() const { return steps_; }
  /// Real rows of all steps.
  int64_t rows() const { return first_.back(); }
  /// True if nothing is padding: numbers are places.
  bool InOrder() const { return rows() == inputs_->time_steps * inputs_->batch_size; }

  int64_t output_stride() const { return inputs_->output_stride > 0 ? inputs_->output_stride : inputs_->hidden_size; }

  /// The time index of step `s` of the forward walk.
  int64_t Time(int64_t s) const { return inputs_->reverse ? steps_ - 1 - s : s; }
  /// The number of a step's first row (of t = steps(): one past the last), and how many it has.
  int64_t First(int64_t t) const { return first_[static_cast<size_t>(t)]; }
  int64_t Active(int64_t t) const { return First(t + 1) - First(t); }

  int64_t Sequence(int64_t i) const { return order_[static_cast<size_t>(i)]; }
  int64_t Length(int64_t i) const { return inputs_->lengths == nullptr ? inputs_->time_steps : inputs_->lengths[Sequence(i)]; }

  Row At(int64_t t, int64_t i) const {
    const int64_t b_size = inputs_->batch_size, b = Sequence(i), before = inputs_->reverse ? t + 1 : t - 1;
    const bool starts = inputs_->reverse ? before >= steps_ || i >= Active(before) : before < 0;
    return {First(t) + i, t * b_size + b, b, starts ? -1 : First(before) + i, starts ? -1 : before * b_size + b};
  }
  /// The row at which a sequence that has one ends its walk.
  Row Last(int64_t i) const { return At(inputs_->reverse ? 0 : Length(i) - 1, i); }

 private:
  const SequenceInputs* inputs_;
  int64_t steps_;
  std::vector<int64_t> order_;  // [B]
  std::vector<int64_t> first_;  // [T + 1]
};

/// Row `row` of `states`, or of the initial ones where there is no step before (-1).
inline const float* StateOr(const float* initial, const float* states, int64_t row, int64_t stride) {
  return row < 0 ? initial : states + row * stride;
}

/// Rows of steps [begin, end) by number: `to` [rows, width] from `from` [T, B, width].
void GatherRows(const Walk& walk, int64_t begin, int64_t end, int64_t width, const float* from, float* to);

}  // namespace unroll

#endif  // UNROLL_KERNELS_SEQUENCE_WALK_H_
