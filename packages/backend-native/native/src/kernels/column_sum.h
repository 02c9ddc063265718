#ifndef UNROLL_KERNELS_COLUMN_SUM_H_
#define UNROLL_KERNELS_COLUMN_SUM_H_

#include <cstdint>

namespace unroll {

/// sums[columns] = the sum over the rows of x [rows, columns], in blocks of rows so that long sums stay exact.
void ColumnSum(const float* x, int64_t rows, int64_t columns, float* sums);

}  // namespace unroll

#endif  // UNROLL_KERNELS_COLUMN_SUM_H_
