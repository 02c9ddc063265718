#include "matmul/cache_size.h"
#include "matmul/engine.h"
#include "unroll/matmul.h"
#include "unroll/target.h"

#if UNROLL_X86

// One more target, which only this file knows: AVX-512 with products of bfloat16 pairs.
#define UNROLL_TARGET avx512bf16
#define UNROLL_TARGET_AVX512 1
#define UNROLL_TARGET_BFLOAT16 1
#define UNROLL_VECTOR_BYTES 64
#define UNROLL_AVX512_BF16_FEATURES "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma,bmi,bmi2,f16c"
#include <cstring>
UNROLL_BEGIN_FEATURES(UNROLL_AVX512_BF16_FEATURES)
#include "unroll/simd.h"
#include "matmul/gemm.h"

namespace unroll {
namespace avx512bf16 {

void MultiplyPairs(const MatMul& product) { MultiplyInBlocks<PairFormat>(product); }

void PackPairs(const Factor& b, int64_t k, const ColumnRange* ranges, int range_count, int64_t n, float* out, float* strip) {
  PackColumns<PairFormat>(b, k, ranges, range_count, n, out, strip);
}

void MultiplyPackedPairs(const MatMul& product, const float* panels) { MultiplyPacked<PairFormat>(product, panels); }

}  // namespace avx512bf16
}  // namespace unroll
UNROLL_END_TARGET

#endif  // UNROLL_X86
