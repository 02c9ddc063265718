#ifndef UNROLL_BATCH_NORM_H_
#define UNROLL_BATCH_NORM_H_

#include <cstdint>

namespace unroll {

// Batch normalisation in training with its rectifier: y = max(0, (x - mean) / sqrt(variance + epsilon) * scale + offset), and 0 in padding.
// x, y [segments, repeats, channels]; mask [segments], a segment is padding where it is 0, or null; scale, offset, mean, variance [channels].
// Mean and variance are those of all places that are not padding; of none they are 0.

struct BatchNormInputs {
  int64_t segments = 0, repeats = 0, channels = 0;
  const float* x = nullptr;
  const float* mask = nullptr;
  const float* scale = nullptr;
  const float* offset = nullptr;
  float epsilon = 0;
};

/// Writes y, mean and variance. y may not be x.
void NormalizeBatch(const BatchNormInputs& in, float* y, float* mean, float* variance);

struct BatchNormGradients {
  const float* mean = nullptr;      // as NormalizeBatch has written them
  const float* variance = nullptr;
  const float* dy = nullptr;        // [segments, repeats, channels]
  float* dx = nullptr;              // out, like dy; 0 in padding
  float* dscale = nullptr;          // out [channels]
  float* doffset = nullptr;         // out [channels]
};
void NormalizeBatchGradient(const BatchNormInputs& in, const BatchNormGradients& gradients);

}  // namespace unroll

#endif  // UNROLL_BATCH_NORM_H_
