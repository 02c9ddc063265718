#include "kernels/input_feeding/parts.h"

#include <algorithm>

#include "parallel/thread_pool.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/input_feeding/parts.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"
#include "unroll/vector_math.h"

namespace unroll {
namespace UNROLL_TARGET {

void TanhPass(float* x, int64_t count) {
  for (int64_t i = 0; i < count; i += kLanes) StoreUpTo(x + i, Tanh(LoadUpTo(x + i, count - i)), count - i);
}

void TanhPassBack(const float* y, float* dx, int64_t count) {
  for (int64_t i = 0; i < count; i += kLanes) {
    const Floats value = LoadUpTo(y + i, count - i);
    StoreUpTo(dx + i, LoadUpTo(dx + i, count - i) * (1.0f - value * value), count - i);
  }
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
void TanhRows(float* x, int64_t count) { UNROLL_DISPATCH(TanhPass)(x, count); }
void TanhRowsBack(const float* y, float* dx, int64_t count) { UNROLL_DISPATCH(TanhPassBack)(y, dx, count); }

FedOffsets::FedOffsets(const InputFeedingInputs& in) {
  const int64_t rows = in.time_steps * in.memory.batch_size, h = in.hidden_size;
  int64_t next = 0;
  const auto take = [&](int64_t width) {
    next += rows * width;
    return next - rows * width;
  };
  for (size_t layer = 0; layer < in.layers.size(); ++layer) {
    gates.push_back(take(4 * h));
    states.push_back(take(h));
    cells.push_back(in.lstm ? take(h) : 0);
  }
  contexts = take(in.memory.width);
  queries = in.query_kernel == nullptr ? states.back() : take(in.memory.size);
  numbers = next;
}

int64_t InputFeedingWorkspace(const InputFeedingInputs& inputs) { return FedOffsets(inputs).numbers; }

Status CheckInputFeeding(const char* kernel, const InputFeedingInputs& in) {
  if (in.layers.empty()) return Status::Invalid("unroll: %s: there must be at least one layer", kernel);
  if (in.hidden_size < 1 || in.memory.size < 1 || in.memory.width < 1)
    return Status::Invalid("unroll: %s: hidden size, key size and value size must be at least 1", kernel);
  if (in.query_kernel == nullptr && in.memory.size != in.hidden_size)
    return Status::Invalid("unroll: %s: without a query kernel keys must be as wide as the state, %lld numbers, got %lld", kernel,
                           static_cast<long long>(in.hidden_size), static_cast<long long>(in.memory.size));
  return CheckAttention(in.memory);
}

int FedBatchParts(const InputFeedingInputs& in) {
  const int64_t h = in.hidden_size, of_a_layer = 2 * h * in.Gates() * h;
  const int64_t of_a_step = static_cast<int64_t>(in.layers.size()) * of_a_layer + (in.memory.width + h) * h + h * in.memory.size +
                            in.memory.source_steps * (in.memory.width + 10 * in.memory.size);
  return BatchParts(in.memory.batch_size, in.time_steps * of_a_step);
}
#endif

}  // namespace unroll
