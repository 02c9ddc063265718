#ifndef UNROLL_KERNELS_INPUT_FEEDING_PARTS_H_
#define UNROLL_KERNELS_INPUT_FEEDING_PARTS_H_

#include <vector>

#include "kernels/attention_sequence/parts.h"
#include "unroll/input_feeding_sequence.h"

namespace unroll {

// What the walks of input feeding have in common, forward and backward.

/// Where in the workspace the rows [T*B] of each kind begin.
struct FedOffsets {
  std::vector<int64_t> gates, states, cells;  // of each layer: [4H], [H], [H]
  int64_t contexts;                           // [W]
  int64_t queries;                            // [A]; without a query kernel the top layer's states
  int64_t numbers;

  explicit FedOffsets(const InputFeedingInputs& inputs);
};

Status CheckInputFeeding(const char* kernel, const InputFeedingInputs& inputs);

/// The rows of the first layer's kernel that the fed state is multiplied by, [H, G*H].
inline const float* FeedKernel(const InputFeedingInputs& in) {
  return in.layers[0].weights.input_kernel + in.input_size * in.Gates() * in.hidden_size;
}

/// The rows of the combining kernel that the state is multiplied by, [H, H].
inline const float* CombineStateKernel(const InputFeedingInputs& in) { return in.combine_kernel + in.memory.width * in.hidden_size; }

int FedBatchParts(const InputFeedingInputs& inputs);

/// out = x * mask for `count` numbers.
inline void Mask(const float* x, const float* mask, int64_t count, float* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = x[i] * mask[i];
}

/// x = tanh(x), and dx *= 1 - y*y of its result y, on the calling thread.
void TanhRows(float* x, int64_t count);
void TanhRowsBack(const float* y, float* dx, int64_t count);

}  // namespace unroll

#endif  // UNROLL_KERNELS_INPUT_FEEDING_PARTS_H_
