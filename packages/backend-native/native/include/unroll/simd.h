// Vectors for the current target, on top of for_each_target.h, which says how a kernel file uses them. Operators
// (+ - * / < & | ^ << >> ?:) work on Floats and Ints directly, lane by lane; comparisons give Ints of 0 or -1.
// This file has a part for each target, so it guards each part on its own.

#ifndef UNROLL_SIMD_H_
#define UNROLL_SIMD_H_
#include <cstdint>
#include <cstring>
#include "unroll/target.h"
#endif

#if !defined(UNROLL_TARGET)
#error "include unroll/for_each_target.h before unroll/simd.h"
#endif

#if (defined(UNROLL_TARGET_AVX512) && !defined(UNROLL_SIMD_AVX512)) || \
    (defined(UNROLL_TARGET_AVX2) && !defined(UNROLL_SIMD_AVX2)) ||     \
    (UNROLL_VECTOR_BYTES == 16 && !defined(UNROLL_SIMD_BASELINE))

#if defined(UNROLL_TARGET_AVX512)
#define UNROLL_SIMD_AVX512
#elif defined(UNROLL_TARGET_AVX2)
#define UNROLL_SIMD_AVX2
#else
#define UNROLL_SIMD_BASELINE
#endif

namespace unroll {
namespace UNROLL_TARGET {

/// Lanes of a vector: 16, 8 or 4.
constexpr int kLanes = UNROLL_VECTOR_BYTES / 4;

typedef float Floats __attribute__((vector_size(UNROLL_VECTOR_BYTES)));
typedef int32_t Ints __attribute__((vector_size(UNROLL_VECTOR_BYTES)));
typedef uint32_t UInts __attribute__((vector_size(UNROLL_VECTOR_BYTES)));

// The same bytes wherever they lie in memory.
typedef float FloatsAnywhere __attribute__((vector_size(UNROLL_VECTOR_BYTES), aligned(4), may_alias));
typedef int32_t IntsAnywhere __attribute__((vector_size(UNROLL_VECTOR_BYTES), aligned(4), may_alias));
typedef uint32_t UIntsAnywhere __attribute__((vector_size(UNROLL_VECTOR_BYTES), aligned(4), may_alias));

static UNROLL_INLINE Floats Load(const float* p) { return *reinterpret_cast<const FloatsAnywhere*>(p); }
static UNROLL_INLINE Ints LoadInts(const int32_t* p) { return *reinterpret_cast<const IntsAnywhere*>(p); }
static UNROLL_INLINE void Store(float* p, Floats v) { *reinterpret_cast<FloatsAnywhere*>(p) = v; }
static UNROLL_INLINE void StoreInts(int32_t* p, Ints v) { *reinterpret_cast<IntsAnywhere*>(p) = v; }

static UNROLL_INLINE Floats Broadcast(float x) { return x - Floats{}; }
static UNROLL_INLINE Ints BroadcastInt(int32_t x) { return x - Ints{}; }

static UNROLL_INLINE Ints AsInts(Floats v) { return reinterpret_cast<Ints>(v); }
static UNROLL_INLINE Floats AsFloats(Ints v) { return reinterpret_cast<Floats>(v); }

/// The first n of kLanes numbers, zero behind them; reads nothing past p[n - 1].
static UNROLL_INLINE Floats LoadPartial(const float* p, int n) {
#if defined(UNROLL_TARGET_AVX512)
  return reinterpret_cast<Floats>(_mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << n) - 1), p));
#else
  Floats v = {};
  for (int i = 0; i < n; ++i) v[i] = p[i];
  return v;
#endif
}

/// Writes the first n lanes and nothing else.
static UNROLL_INLINE void StorePartial(float* p, Floats v, int n) {
#if defined(UNROLL_TARGET_AVX512)
  _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1u << n) - 1), reinterpret_cast<__m512>(v));
#else
  for (int i = 0; i < n; ++i) p[i] = v[i];
#endif
}

/// Load and Store of min(n, kLanes) numbers: whole vectors while n reaches, the rest by the partial forms.
static UNROLL_INLINE Floats LoadUpTo(const float* p, int64_t n) {
  return n >= kLanes ? Load(p) : LoadPartial(p, static_cast<int>(n));
}
static UNROLL_INLINE void StoreUpTo(float* p, Floats v, int64_t n) {
  if (n >= kLanes) {
    Store(p, v);
  } else {
    StorePartial(p, v, static_cast<int>(n));
  }
}

/// a * b + c, fused where the target can.
static UNROLL_INLINE Floats MultiplyAdd(Floats a, Floats b, Floats c) { return a * b + c; }

static UNROLL_INLINE Floats Select(Ints mask, Floats yes, Floats no) { return mask ? yes : no; }

/// As in C: `a` if the comparison holds, else `b` (so b where a is NaN).
static UNROLL_INLINE Floats Max(Floats a, Floats b) { return a > b ? a : b; }
static UNROLL_INLINE Floats Min(Floats a, Floats b) { return a < b ? a : b; }
static UNROLL_INLINE Floats Abs(Floats v) { return AsFloats(AsInts(v) & BroadcastInt(0x7fffffff)); }

static UNROLL_INLINE Floats Sqrt(Floats v) {
#if defined(UNROLL_TARGET_AVX512)
  return reinterpret_cast<Floats>(_mm512_maskz_sqrt_ps(0xffff, reinterpret_cast<__m512>(v)));
#elif defined(UNROLL_TARGET_AVX2)
  return reinterpret_cast<Floats>(_mm256_sqrt_ps(reinterpret_cast<__m256>(v)));
#else
  for (int i = 0; i < kLanes; ++i) v[i] = __builtin_sqrtf(v[i]);
  return v;
#endif
}

/// Nearest whole number as an int, for |v| < 2^22.
static UNROLL_INLINE Ints RoundToInt(Floats v) {
  const float magic = 12582912.0f;  // 1.5 * 2^23: adding it leaves the whole number in the low bits
  return AsInts(v + magic) - 0x4b400000;
}
static UNROLL_INLINE Floats ToFloats(Ints v) { return __builtin_convertvector(v, Floats); }

#if defined(__clang__)
#define UNROLL_SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define UNROLL_SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (Ints){__VA_ARGS__})
#endif

/// a0 b0 a1 b1 ... of the lower halves of two vectors, and of their upper halves.
static UNROLL_INLINE Floats InterleaveLower(Floats a, Floats b) {
#if UNROLL_VECTOR_BYTES == 64
  return UNROLL_SHUFFLE(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
#elif UNROLL_VECTOR_BYTES == 32
  return UNROLL_SHUFFLE(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
#else
  return UNROLL_SHUFFLE(a, b, 0, 4, 1, 5);
#endif
}
static UNROLL_INLINE Floats InterleaveUpper(Floats a, Floats b) {
#if UNROLL_VECTOR_BYTES == 64
  return UNROLL_SHUFFLE(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#elif UNROLL_VECTOR_BYTES == 32
  return UNROLL_SHUFFLE(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
#else
  return UNROLL_SHUFFLE(a, b, 2, 6, 3, 7);
#endif
}
#undef UNROLL_SHUFFLE

/// Sum and maximum over the lanes, always in the same order.
static UNROLL_INLINE float SumLanes(Floats v) {
  float lanes[kLanes];
  __builtin_memcpy(lanes, &v, sizeof lanes);
  for (int width = kLanes / 2; width > 0; width /= 2)
    for (int i = 0; i < width; ++i) lanes[i] += lanes[i + width];
  return lanes[0];
}
static UNROLL_INLINE float MaxLanes(Floats v) {
  float lanes[kLanes];
  __builtin_memcpy(lanes, &v, sizeof lanes);
  for (int width = kLanes / 2; width > 0; width /= 2)
    for (int i = 0; i < width; ++i) lanes[i] = lanes[i] > lanes[i + width] ? lanes[i] : lanes[i + width];
  return lanes[0];
}

}  // namespace UNROLL_TARGET
}  // namespace unroll

#endif
