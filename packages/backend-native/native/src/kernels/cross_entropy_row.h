#ifndef UNROLL_KERNELS_CROSS_ENTROPY_ROW_H_
#define UNROLL_KERNELS_CROSS_ENTROPY_ROW_H_

#include <cstdint>

namespace unroll {

/// One row of logits on its way to loss and gradient.
struct CrossEntropyRow {
  float* logits;         // [V]; in-out: with want_gradient they become d loss / d logits
  int64_t vocabulary_size;
  int32_t target;
  float weight;          // multiplies loss and gradient
  float label_smoothing;
  bool want_gradient;
  float* bias_gradient;  // [V], the gradient is added to it; or null
};

/// The weighted loss, in nats; on the calling thread.
float CrossEntropyOfRow(const CrossEntropyRow& row);

}  // namespace unroll

#endif  // UNROLL_KERNELS_CROSS_ENTROPY_ROW_H_
