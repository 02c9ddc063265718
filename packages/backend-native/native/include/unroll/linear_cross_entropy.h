#ifndef UNROLL_LINEAR_CROSS_ENTROPY_H_
#define UNROLL_LINEAR_CROSS_ENTROPY_H_

#include <cstdint>

#include "unroll/status.h"

namespace unroll {

/// Softmax cross-entropy of a linear layer, in nats, and its gradient in the same pass, for N rows, H hidden units and
/// a vocabulary of V. With logits = hidden * kernel + bias and the target distribution
/// q = (1 - e) onehot(target) + e / V,
///
///   losses[n] = -mask[n] * sum over v of q[v] log softmax(logits[n])[v]
///
/// The logits of a tile of rows exist at a time, once: they become their own gradient in place. A row whose mask is 0
/// costs nothing in the results, and its target is not looked at. Everything is float32, row-major and contiguous; no
/// output may alias anything.
struct LinearCrossEntropyCall {
  int64_t rows = 0, hidden_size = 0, vocabulary_size = 0;
  const float* hidden = nullptr;     // [N, H]
  const float* kernel = nullptr;     // [H, V], or [V, H] with transpose_kernel
  bool transpose_kernel = false;     //
  const float* bias = nullptr;       // [V] or null
  const int32_t* targets = nullptr;  // [N], each in [0, V): otherwise an error
  const float* mask = nullptr;       // [N], the weight of each row; null: ones
  float label_smoothing = 0;         // e

  float* losses = nullptr;    // out [N]
  double* sum = nullptr;      // out: the sum of losses
  double* count = nullptr;    // out: the sum of the mask
  float* d_hidden = nullptr;  // out [N, H]: gradients of the sum; null, as the two below, if they are not wanted
  float* d_kernel = nullptr;  // out, shaped like kernel
  float* d_bias = nullptr;    // out [V]
};

Status LinearCrossEntropy(const LinearCrossEntropyCall& call);

}  // namespace unroll

#endif  // UNROLL_LINEAR_CROSS_ENTROPY_H_
