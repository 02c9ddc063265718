#ifndef UNROLL_KERNELS_SEQUENCE_SLICE_PRODUCT_H_
#define UNROLL_KERNELS_SEQUENCE_SLICE_PRODUCT_H_

#include <memory>

#include "kernels/sequence/team.h"
#include "unroll/matmul.h"

namespace unroll {

/// The product with columns `slice` of each of `blocks` blocks of a matrix [k, blocks * units], block after block: packed
/// if it will be used often, else the matrix as it lies.
class SliceProduct {
 public:
  /// `uses` products of about `rows` rows are to come.
  SliceProduct(const Factor& matrix, int64_t k, int64_t units, int blocks, UnitSlice slice, int64_t rows, int64_t uses);

  /// Columns of a product.
  int64_t width() const { return blocks_ * slice_.count(); }

  /// Multiplications and additions of a product of m rows.
  double Operations(int64_t m) const { return 2.0 * static_cast<double>(m) * static_cast<double>(k_) * static_cast<double>(width()); }

  /// c [m, width()] (+)= a [m, k] * columns, on the calling thread; the rows of a are `stride` apart.
  void Multiply(int64_t m, const float* a, int64_t stride, float* c, bool accumulate) const { Multiply(m, a, stride, c, width(), accumulate); }
  /// The same where rows of c begin `c_stride` apart.
  void Multiply(int64_t m, const float* a, int64_t stride, float* c, int64_t c_stride, bool accumulate) const;

 private:
  Factor matrix_;
  int64_t k_, units_;
  int blocks_;
  UnitSlice slice_;
  std::unique_ptr<PackedMatrix> packed_;  // null: use matrix_
};

/// Of the recurrent kernel: h * R for the units of a slice, and the way back, d * R^T.
SliceProduct RecurrentProduct(const Walk& walk, int gates, UnitSlice slice);
SliceProduct RecurrentProductBack(const Walk& walk, int gates, UnitSlice slice);

/// The products of inputs and input kernel for one slice of units, some steps at a time and just before they are needed, so
/// that they are read from cache. A walk that leaves threads idle takes all of them at once, on all threads.
class InputProducts {
 public:
  InputProducts(const Walk& walk, int gates, UnitSlice slice, const Team& team);

  /// Rows [Active, gates * slice.count()] of the walk's step s, asked for in the order of steps; the caller may change them.
  float* Step(int64_t s);

 private:
  void Compute(int64_t begin, int64_t end);

  const Walk& walk_;
  const bool whole_;
  const int64_t rows_at_a_time_;
  const SliceProduct product_;
  int64_t computed_ = 0;   // steps
  int64_t first_row_ = 0;  // the number of the first in sums_
  float* sums_ = nullptr;
};

}  // namespace unroll

#endif  // UNROLL_KERNELS_SEQUENCE_SLICE_PRODUCT_H_
