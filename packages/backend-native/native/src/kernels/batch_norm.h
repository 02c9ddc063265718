#ifndef UNROLL_KERNELS_BATCH_NORM_H_
#define UNROLL_KERNELS_BATCH_NORM_H_

#include "unroll/batch_norm.h"

namespace unroll {

/// What sums over a segment run over; of the forward pass dy is null.
struct SummedSegment {
  const float* x;
  const float* dy;
  int64_t count, channels;
  const float* shift;   // of x
  const float* factor;  // of the rectifier's argument, of the backward pass
  const float* addend;
};

}  // namespace unroll

#endif  // UNROLL_KERNELS_BATCH_NORM_H_
