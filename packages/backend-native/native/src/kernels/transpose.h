#ifndef UNROLL_KERNELS_TRANSPOSE_H_
#define UNROLL_KERNELS_TRANSPOSE_H_

#include <cstdint>

namespace unroll {

/// A matrix of 4-byte elements whose row r begins at data + r * stride.
struct MatrixView {
  int64_t rows, columns, stride;
};

/// y[c, r] = x[r, c] on the calling thread. `shape` is x's; row c of y begins at y + c * y_stride. The elements are
/// only moved: any four bytes will do.
void TransposeMatrix(const float* x, const MatrixView& shape, float* y, int64_t y_stride);

}  // namespace unroll

#endif  // UNROLL_KERNELS_TRANSPOSE_H_
