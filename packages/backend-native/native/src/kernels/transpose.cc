#include "kernels/transpose.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/transpose.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"

#include "matmul/transpose_tile.h"

namespace unroll {
namespace UNROLL_TARGET {

void TransposeTiles(const float* x, int64_t rows, int64_t columns, int64_t x_stride, float* y, int64_t y_stride) {
  const int64_t whole_rows = rows / kLanes * kLanes, whole_columns = columns / kLanes * kLanes;
  for (int64_t c = 0; c < whole_columns; c += kLanes)
    for (int64_t r = 0; r < whole_rows; r += kLanes) {
      Floats tile[kLanes];
      for (int i = 0; i < kLanes; ++i) tile[i] = Load(x + (r + i) * x_stride + c);
      TransposeTile(tile);
      for (int i = 0; i < kLanes; ++i) Store(y + (c + i) * y_stride + r, tile[i]);
    }
  for (int64_t c = 0; c < columns; ++c)
    for (int64_t r = c < whole_columns ? whole_rows : 0; r < rows; ++r)
      __builtin_memcpy(y + c * y_stride + r, x + r * x_stride + c, 4);
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
void TransposeMatrix(const float* x, const MatrixView& shape, float* y, int64_t y_stride) {
  UNROLL_DISPATCH(TransposeTiles)(x, shape.rows, shape.columns, shape.stride, y, y_stride);
}
#endif

}  // namespace unroll
