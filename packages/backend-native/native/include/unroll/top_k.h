#ifndef UNROLL_TOP_K_H_
#define UNROLL_TOP_K_H_

#include <cstdint>

namespace unroll {

/// The k greatest numbers of each row and where they stand, greatest first, of equal ones the first: x [rows, width], values and
/// indices [rows, k], k 0 ... width. Time grows with k where the numbers rise along the row, so k should be small. A row with a NaN
/// has k of its numbers, in some order.
void TopK(const float* x, int64_t rows, int64_t width, int64_t k, float* values, int32_t* indices);

}  // namespace unroll

#endif  // UNROLL_TOP_K_H_
