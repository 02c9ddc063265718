#ifndef UNROLL_MATMUL_H_
#define UNROLL_MATMUL_H_

#include <cstdint>
#include <memory>

#include "unroll/configuration.h"

namespace unroll {

// Matrix products. Two implementations keep this contract: oneDNN (built with UNROLL_ONEDNN=1) and one of our own.
// All matrices are float32 and row-major: row r of a matrix begins at data + r * stride. With Precision::kBfloat16
// the factors are rounded to bfloat16 and the products still summed in float32; products of one to three rows, whose
// time is that of reading B, stay in float32 (unless both factors are transposed).

/// A factor: `rows` x `columns` as it takes part in the product. If `transposed`, it lies in memory as
/// [columns, rows] and `stride` is the distance between two of those stored rows.
struct Factor {
  const float* data;
  int64_t stride;
  bool transposed;
};

/// C[M,N] = A[M,K] * B[K,N] (+ bias), or C += with `accumulate`.
struct MatMul {
  int64_t m = 0, n = 0, k = 0;
  Factor a{};
  Factor b{};
  float* c = nullptr;           // out (in-out with accumulate); may not alias a factor
  int64_t c_stride = 0;
  const float* bias = nullptr;  // [N], added to every row, or null
  bool accumulate = false;
};

/// One product on all threads. k = 0 gives zeros (plus bias). Uses CurrentPrecision().
void Multiply(const MatMul& product);

/// The same on the calling thread alone, for those who divide the work themselves.
void MultiplyOnThisThread(const MatMul& product);

/// `batch` products of one shape: product i has its factors and result at data + i * the batch stride (a stride of 0
/// repeats the matrix). `product` gives shapes and the first matrices.
struct MatMulBatch {
  MatMul product;
  int64_t batch = 0;
  int64_t a_batch_stride = 0, b_batch_stride = 0, c_batch_stride = 0;
};
void MultiplyBatch(const MatMulBatch& batch);

/// Columns [first, first + count) of a matrix.
struct ColumnRange {
  int64_t first;
  int64_t count;
};

/// The right factor of many products, reordered once so that each of them reads memory in order. Immutable after
/// packing; any number of threads may multiply by it at a time.
class PackedMatrix {
 public:
  virtual ~PackedMatrix() = default;

  /// C[M,N] (+)= A[M,K] * this, on the calling thread alone. A is row-major.
  virtual void Multiply(int64_t m, const float* a, int64_t a_stride, float* c, int64_t c_stride,
                        bool accumulate) const = 0;
};

/// Packs, on the calling thread, columns of the k-row matrix `b`, taken from `ranges` one after the other: N is the
/// sum of their counts. `expected_rows` is the M of the products to come (it chooses the layout, not the result's meaning).
std::unique_ptr<PackedMatrix> Pack(const Factor& b, int64_t k, const ColumnRange* ranges, int range_count,
                                   int64_t expected_rows, Precision precision);

/// "oneDNN 2.6.3" or "portable (avx512)": for humans.
const char* MatMulName();

}  // namespace unroll

#endif  // UNROLL_MATMUL_H_
