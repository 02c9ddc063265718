#include "kernels/sequence/running_gradient.h"

#include <cstring>

#include "matmul/scratch.h"

namespace unroll {

RunningGradient::RunningGradient(const Walk& walk, UnitSlice slice, const float* d_final_h)
    : walk_(walk), slice_(slice), numbers_(ThreadScratch(ScratchSlot::kProducts, 2 * walk.inputs().batch_size * slice.count())),
      products_(numbers_ + walk.inputs().batch_size * slice.count()) {
  const SequenceInputs& in = walk.inputs();
  for (int64_t i = 0; i < in.batch_size; ++i)
    std::memcpy(Row(i), d_final_h + walk.Sequence(i) * in.hidden_size + slice.begin, static_cast<size_t>(slice.count()) * sizeof(float));
}

void RunningGradient::Add(const SliceProduct& product, int64_t rows, const float* gradients, int64_t width) {
  const SequenceInputs& in = walk_.inputs();
  if (in.recurrent_dropout_mask == nullptr) return product.Multiply(rows, gradients, width, numbers_, true);
  product.Multiply(rows, gradients, width, products_, false);
  for (int64_t i = 0; i < rows; ++i) {
    const float* mask = in.recurrent_dropout_mask + walk_.Sequence(i) * in.hidden_size + slice_.begin;
    const float* from = products_ + i * slice_.count();
    float* to = Row(i);
    for (int64_t u = 0; u < slice_.count(); ++u) to[u] += from[u] * mask[u];
  }
}

void RunningGradient::Finish(float* d_initial_h) const {
  const SequenceInputs& in = walk_.inputs();
  for (int64_t i = 0; i < in.batch_size; ++i)
    std::memcpy(d_initial_h + walk_.Sequence(i) * in.hidden_size + slice_.begin, numbers_ + i * slice_.count(),
                static_cast<size_t>(slice_.count()) * sizeof(float));
}

}  // namespace unroll
