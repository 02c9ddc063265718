#include "kernels/sequence/walk.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace unroll {

Status CheckSequence(const char* kernel, const SequenceInputs& inputs) {
  if (inputs.time_steps < 0 || inputs.batch_size < 0 || inputs.input_size < 0 || inputs.hidden_size < 0)
    return Status::Invalid("unroll: %s: sizes must not be negative", kernel);
  if (inputs.lengths == nullptr) return Status::Ok();
  for (int64_t b = 0; b < inputs.batch_size; ++b) {
    const int32_t length = inputs.lengths[b];
    if (length < 0 || length > inputs.time_steps)
      return Status::Invalid("unroll: %s: lengths[%lld] must be in [0, %lld] (the time steps of input), got %d", kernel,
                             static_cast<long long>(b), static_cast<long long>(inputs.time_steps), length);
  }
  return Status::Ok();
}

Walk::Walk(const SequenceInputs& inputs)
    : inputs_(&inputs), steps_(0), order_(static_cast<size_t>(inputs.batch_size)), first_(1, 0) {
  std::iota(order_.begin(), order_.end(), int64_t{0});
  const int32_t* lengths = inputs.lengths;
  if (lengths != nullptr)
    std::stable_sort(order_.begin(), order_.end(), [&](int64_t a, int64_t b) { return lengths[a] > lengths[b]; });
  first_.reserve(static_cast<size_t>(inputs.time_steps) + 1);
  int64_t active = inputs.batch_size;
  for (int64_t t = 0; t < inputs.time_steps; ++t) {
    while (active > 0 && Length(active - 1) <= t) --active;
    if (active > 0) steps_ = t + 1;
    first_.push_back(first_.back() + active);
  }
}

void GatherRows(const Walk& walk, int64_t begin, int64_t end, int64_t width, const float* from, float* to) {
  for (int64_t t = begin; t < end; ++t)
    for (int64_t i = 0; i < walk.Active(t); ++i, to += width)
      std::memcpy(to, from + walk.At(t, i).place * width, static_cast<size_t>(width) * sizeof(float));
}

}  // namespace unroll
