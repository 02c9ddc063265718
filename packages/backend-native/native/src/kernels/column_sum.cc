#include "kernels/column_sum.h"

#include "parallel/thread_pool.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/column_sum.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"

namespace unroll {
namespace UNROLL_TARGET {

/// Up to four vectors of columns; the sum of each 64 rows is added to the total as one number.
void SumStrip(const float* x, int64_t rows, int64_t stride, int64_t count, float* sums) {
  Floats total[4] = {};
  for (int64_t first = 0; first < rows; first += 64) {
    const int64_t end = first + 64 < rows ? first + 64 : rows;
    Floats part[4] = {};
    for (int64_t r = first; r < end; ++r)
      for (int v = 0; v < 4; ++v)
        if (v * kLanes < count) part[v] += LoadUpTo(x + r * stride + v * kLanes, count - v * kLanes);
    for (int v = 0; v < 4; ++v) total[v] += part[v];
  }
  for (int v = 0; v < 4; ++v)
    if (v * kLanes < count) StoreUpTo(sums + v * kLanes, total[v], count - v * kLanes);
}

void SumColumns(const float* x, int64_t rows, int64_t stride, int64_t columns, float* sums) {
  for (int64_t c = 0; c < columns; c += 4 * kLanes) {
    const int64_t left = columns - c;
    SumStrip(x + c, rows, stride, left < 4 * kLanes ? left : 4 * kLanes, sums + c);
  }
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
void ColumnSum(const float* x, int64_t rows, int64_t columns, float* sums) {
  ParallelFor(columns, (1 << 15) / (rows + 1) + 64, [&](int64_t begin, int64_t end) {
    UNROLL_DISPATCH(SumColumns)(x + begin, rows, columns, end - begin, sums + begin);
  });
}
#endif

}  // namespace unroll
