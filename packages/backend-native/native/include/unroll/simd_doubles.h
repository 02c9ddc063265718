// Vectors of float64 for the current target, beside those of float32 in simd.h; one part for each target like that file.

#if !defined(UNROLL_SIMD_H_)
#error "include unroll/simd.h before unroll/simd_doubles.h"
#endif

#if (defined(UNROLL_TARGET_AVX512) && !defined(UNROLL_SIMD_DOUBLES_AVX512)) || \
    (defined(UNROLL_TARGET_AVX2) && !defined(UNROLL_SIMD_DOUBLES_AVX2)) ||     \
    (UNROLL_VECTOR_BYTES == 16 && !defined(UNROLL_SIMD_DOUBLES_BASELINE))

#if defined(UNROLL_TARGET_AVX512)
#define UNROLL_SIMD_DOUBLES_AVX512
#elif defined(UNROLL_TARGET_AVX2)
#define UNROLL_SIMD_DOUBLES_AVX2
#else
#define UNROLL_SIMD_DOUBLES_BASELINE
#endif

namespace unroll {
namespace UNROLL_TARGET {

/// Lanes of a vector: 8, 4 or 2.
constexpr int kDoubleLanes = UNROLL_VECTOR_BYTES / 8;

typedef double Doubles __attribute__((vector_size(UNROLL_VECTOR_BYTES)));
typedef int64_t Longs __attribute__((vector_size(UNROLL_VECTOR_BYTES)));
typedef double DoublesAnywhere __attribute__((vector_size(UNROLL_VECTOR_BYTES), aligned(8), may_alias));

static UNROLL_INLINE Doubles LoadDoubles(const double* p) { return *reinterpret_cast<const DoublesAnywhere*>(p); }
static UNROLL_INLINE void StoreDoubles(double* p, Doubles v) { *reinterpret_cast<DoublesAnywhere*>(p) = v; }
static UNROLL_INLINE Doubles BroadcastDouble(double x) { return x - Doubles{}; }

/// Sum and maximum over the lanes, always in the same order.
static UNROLL_INLINE double SumDoubles(Doubles v) {
  double sum = v[0];
  for (int i = 1; i < kDoubleLanes; ++i) sum += v[i];
  return sum;
}
static UNROLL_INLINE double MaxDoubles(Doubles v) {
  double most = v[0];
  for (int i = 1; i < kDoubleLanes; ++i) most = most > v[i] ? most : v[i];
  return most;
}
static UNROLL_INLINE bool AnyLane(Longs mask) {
  int64_t any = 0;
  for (int i = 0; i < kDoubleLanes; ++i) any |= mask[i];
  return any != 0;
}

/// e^x = 2^power * mantissa with a whole power and a mantissa in [0.7, 1.5), for |x| < 1e9; relative errors stay below 1e-14
/// up to |x| = 600, and grow as |x| does. NaN shows in the mantissa.
struct ExpDoublesParts {
  Doubles power, mantissa;
  Doubles shifted;  // the power in the low bits
};
static UNROLL_INLINE ExpDoublesParts SplitExpDoubles(Doubles x) {
  const double magic = 6755399441055744.0;  // 1.5 * 2^52: adding it leaves the whole number in the low bits
  const Doubles shifted = x * 1.4426950408889634074 + magic;
  const Doubles whole = shifted - magic;
  // ln 2 in two pieces, the first with so few bits that a whole number times it is exact.
  const Doubles r = (x - whole * 0.693147180369123816490) - whole * 1.90821492927058770002e-10;
  Doubles p = BroadcastDouble(1.0 / 39916800);
  p = p * r + 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  return {whole, p, shifted};
}

/// e^x for -600 <= x <= 0 (or NaN), with a relative error below 1e-14.
static UNROLL_INLINE Doubles ExpDoubles(Doubles x) {
  const ExpDoublesParts parts = SplitExpDoubles(x);
  const Longs power = (reinterpret_cast<Longs>(parts.shifted) + 1023) << 52;  // of the magic number no bit is left
  return parts.mantissa * reinterpret_cast<Doubles>(power);
}

/// Natural logarithm of normal numbers above 0, with an error below 1e-15 of max(1, |ln x|); infinity and NaN stay themselves.
static UNROLL_INLINE Doubles LogDoubles(Doubles x) {
  const Longs bits = reinterpret_cast<Longs>(x);
  // m in [0.5, 1) and its power of two, which is read as a double by laying its bits below those of 2^52.
  const Longs field = (bits >> 52) & 0x7ff;
  Doubles power = reinterpret_cast<Doubles>(field | 0x4330000000000000) - (4503599627370496.0 + 1022);
  Doubles m = reinterpret_cast<Doubles>((bits & 0x000fffffffffffff) | 0x3fe0000000000000);
  const Longs small = m < 0.70710678118654752440;
  m = small ? m + m : m;
  power = small ? power - 1.0 : power;
  // ln m = 2 artanh s = 2 (s + s^3 / 3 + s^5 / 5 ...), |s| < 0.172.
  const Doubles s = (m - 1.0) / (m + 1.0), z = s * s;
  Doubles p = BroadcastDouble(1.0 / 21);
  p = p * z + 1.0 / 19;
  p = p * z + 1.0 / 17;
  p = p * z + 1.0 / 15;
  p = p * z + 1.0 / 13;
  p = p * z + 1.0 / 11;
  p = p * z + 1.0 / 9;
  p = p * z + 1.0 / 7;
  p = p * z + 1.0 / 5;
  p = p * z + 1.0 / 3;
  p = p * z + 1.0;
  const Doubles value = power * 0.69314718055994530942 + 2.0 * s * p;
  return x < __builtin_inf() ? value : x;
}

}  // namespace UNROLL_TARGET
}  // namespace unroll

#endif
