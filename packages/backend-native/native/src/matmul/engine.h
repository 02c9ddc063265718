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
/// When oneDNN is used: kMeasured is where it is the faster of the two. The others are for tests and benchmarks.
///
/// On x86-64 that is bfloat16 on processors with matrix tiles (AMX) alone, for which ours has no kernel. For the rest
/// ours is as fast or faster: on one Zen 5 core (oneDNN 2.6.3, `matmul_bench 1 onednn` against `matmul_bench 1`) the
/// steps of ptb-small, ptb-medium and char-512 run at 259, 256 and 269 GFLOP/s by oneDNN and 271, 278 and 280 by ours in
/// float32, 463, 498 and 531 against 528, 538 and 543 in bfloat16, and packing by ours takes a fifth of the time.
/// Elsewhere it is float32, since oneDNN knows wider units of arm64 than NEON.
enum class Preference { kMeasured, kAlways, kNever };
void Prefer(Preference preference);

/// False if oneDNN is not to be used for this one; nothing is written then.
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
