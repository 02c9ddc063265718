#ifndef UNROLL_KERNELS_SQUARE_SUM_H_
#define UNROLL_KERNELS_SQUARE_SUM_H_

#include <cstdint>

namespace unroll {

/// The sum of the squares of n numbers, in float64, on the calling thread.
double SquareSum(const float* x, int64_t n);

}  // namespace unroll

#endif  // UNROLL_KERNELS_SQUARE_SUM_H_
