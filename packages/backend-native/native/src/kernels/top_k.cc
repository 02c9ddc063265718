#include "unroll/top_k.h"

#include <cstring>

#include "parallel/thread_pool.h"
#include "unroll/profile.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/top_k.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"

namespace unroll {
namespace UNROLL_TARGET {

static UNROLL_INLINE bool AnyTrue(Ints mask) {
#if defined(UNROLL_TARGET_AVX512)
  return _mm512_test_epi32_mask(reinterpret_cast<__m512i>(mask), reinterpret_cast<__m512i>(mask)) != 0;
#elif defined(UNROLL_TARGET_AVX2)
  return _mm256_movemask_epi8(reinterpret_cast<__m256i>(mask)) != 0;
#else
  int64_t halves[UNROLL_VECTOR_BYTES / 8];
  __builtin_memcpy(halves, &mask, sizeof halves);
  return (halves[0] | halves[1]) != 0;
#endif
}

/// Puts a number among the best so far, `count` of `k` places being taken: behind those that are equal.
static UNROLL_INLINE void Insert(float value, int32_t index, int64_t count, float* values, int32_t* indices) {
  int64_t place = count;
  for (; place > 0 && !(values[place - 1] >= value); --place) {
    values[place] = values[place - 1];
    indices[place] = indices[place - 1];
  }
  values[place] = value;
  indices[place] = index;
}

/// A row: most numbers are below the worst of the best so far, and four vectors of them are passed over with one branch.
void TopOfRow(const float* x, int64_t width, int64_t k, float* values, int32_t* indices) {
  int64_t i = 0;
  for (; i < k; ++i) Insert(x[i], static_cast<int32_t>(i), i, values, indices);
  const float* worst = values + k - 1;
  while (i < width) {
    for (; i + 4 * kLanes <= width; i += 4 * kLanes) {
      const Floats first = Max(Load(x + i), Load(x + i + kLanes));
      const Floats second = Max(Load(x + i + 2 * kLanes), Load(x + i + 3 * kLanes));
      if (AnyTrue(Max(first, second) > Broadcast(*worst))) break;
    }
    const int64_t end = i + 4 * kLanes < width ? i + 4 * kLanes : width;
    for (; i < end; ++i)
      if (x[i] > *worst) Insert(x[i], static_cast<int32_t>(i), k - 1, values, indices);
  }
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
void TopK(const float* x, int64_t rows, int64_t width, int64_t k, float* values, int32_t* indices) {
  if (k == 0) return;
  const profile::Span span("top k");
  ParallelFor(rows, (1 << 14) / width + 1, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) UNROLL_DISPATCH(TopOfRow)(x + row * width, width, k, values + row * k, indices + row * k);
  });
}
#endif

}  // namespace unroll
