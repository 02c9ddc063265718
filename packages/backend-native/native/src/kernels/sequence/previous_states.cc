#include "kernels/sequence/previous_states.h"

#include <cstring>

namespace unroll {
namespace {

bool NeedsCopies(const Walk& walk) { return !walk.InOrder() || walk.inputs().recurrent_dropout_mask != nullptr; }

int64_t NumbersOfAState(const Walk& walk) { return walk.inputs().batch_size * walk.inputs().hidden_size; }

}  // namespace

int64_t PreviousStates::Numbers(const Walk& walk) { return NeedsCopies(walk) ? 2 * NumbersOfAState(walk) : 0; }

PreviousStates::PreviousStates(const Walk& walk, UnitSlice slice, const float* output, float* scratch)
    : walk_(walk), slice_(slice), output_(output), copies_(NeedsCopies(walk) ? scratch : nullptr) {
  if (copies_ == nullptr) return;
  // Into both, since backwards in time sequences begin at any step.
  const SequenceInputs& in = walk.inputs();
  for (int64_t i = 0; i < in.batch_size; ++i)
    for (int half = 0; half < 2; ++half)
      Copy(i, in.initial_h + walk.Sequence(i) * in.hidden_size, copies_ + half * NumbersOfAState(walk));
}

/// Row i of one of the copies.
void PreviousStates::Copy(int64_t i, const float* from, float* to) const {
  const SequenceInputs& in = walk_.inputs();
  to += i * in.hidden_size;
  if (in.recurrent_dropout_mask == nullptr) {
    std::memcpy(to + slice_.begin, from + slice_.begin, static_cast<size_t>(slice_.count()) * sizeof(float));
    return;
  }
  const float* mask = in.recurrent_dropout_mask + walk_.Sequence(i) * in.hidden_size;
  for (int64_t u = slice_.begin; u < slice_.end; ++u) to[u] = from[u] * mask[u];
}

StateRows PreviousStates::Before(int64_t s) const {
  const SequenceInputs& in = walk_.inputs();
  if (copies_ != nullptr) return {copies_ + s % 2 * NumbersOfAState(walk_), in.hidden_size};
  if (s == 0) return {in.initial_h, in.hidden_size};
  return {output_ + walk_.First(walk_.Time(s - 1)) * walk_.output_stride(), walk_.output_stride()};
}

void PreviousStates::Keep(int64_t s) {
  if (copies_ == nullptr) return;
  const int64_t t = walk_.Time(s);
  float* next = copies_ + (s + 1) % 2 * NumbersOfAState(walk_);
  for (int64_t i = 0; i < walk_.Active(t); ++i) Copy(i, output_ + walk_.At(t, i).place * walk_.output_stride(), next);
}

void FinishOutput(const Walk& walk, UnitSlice slice, float* output, float* final_h) {
  const SequenceInputs& in = walk.inputs();
  const size_t bytes = static_cast<size_t>(slice.count()) * sizeof(float);
  for (int64_t i = 0; i < in.batch_size; ++i) {
    const int64_t b = walk.Sequence(i), length = walk.Length(i);
    const float* last = StateOr(in.initial_h + b * in.hidden_size, output, length == 0 ? -1 : walk.Last(i).place, walk.output_stride());
    std::memcpy(final_h + b * in.hidden_size + slice.begin, last + slice.begin, bytes);
    for (int64_t t = length; t < in.time_steps; ++t)
      std::memset(output + (t * in.batch_size + b) * walk.output_stride() + slice.begin, 0, bytes);
  }
}

}  // namespace unroll
