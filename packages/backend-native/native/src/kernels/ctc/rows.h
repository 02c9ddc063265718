#ifndef UNROLL_KERNELS_CTC_ROWS_H_
#define UNROLL_KERNELS_CTC_ROWS_H_

#include <cstdint>

namespace unroll {

/// ln of the sum of e^x over n >= 1 numbers; NaN where there is one, where one is infinite, and where all are minus infinity.
/// The largest term is exact, so that the logarithm of a probability near 1 is, too.
double CtcLogSum(const float* x, int64_t n);

/// y = weight * softmax(x).
void CtcSoftmax(const float* x, int64_t n, float weight, float* y);

}  // namespace unroll

#endif  // UNROLL_KERNELS_CTC_ROWS_H_
