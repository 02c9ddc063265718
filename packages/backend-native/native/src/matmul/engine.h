#ifndef UNROLL_MATMUL_ENGINE_H_
#define UNROLL_MATMUL_ENGINE_H_

#include <memory>

#include "matmul/scratch.h"
#include "unroll/matmul.h"

namespace unroll {

// What matmul.cc divides among threads: products on the calling thread alone, by oneDNN or by ourselves. Products given
// to an engine have m, n, k >= 1.

namespace portable {
void Multiply(const MatMul& product, Precision precision);
std::unique_ptr<PackedMatrix> Pack(const Factor& b, int64_t k, const ColumnRange* ranges, int range_count, Precision precision);
}  // namespace portable

#if UNROLL_ONEDNN
namespace onednn {
/// False if oneDNN cannot or should not do this one (the reason is in onednn.cc); nothing is written then.
bool Multiply(const MatMul& product, Precision precision);
/// Null in the same cases.
std::unique_ptr<PackedMatrix> Pack(const Factor& b, int64_t k, const ColumnRange* ranges, int range_count,
                                   int64_t expected_rows, Precision precision);
/// "oneDNN 2.6.3".
const char* Name();
}  // namespace onednn
#endif

/// The part of our own product that needs avx512_bf16, compiled on its own.
#if defined(__x86_64__)
namespace avx512bf16 {
void MultiplyPairs(const MatMul& product);
void PackPairs(const Factor& b, int64_t k, const ColumnRange* ranges, int range_count, int64_t n, float* out, float* strip);
void MultiplyPackedPairs(const MatMul& product, const float* panels);
}  // namespace avx512bf16
#endif

}  // namespace unroll

#endif  // UNROLL_MATMUL_ENGINE_H_
