// The Fourier transform of kDoubleLanes sequences side by side, for the current target; one part for each target like simd_doubles.h.
// Element i of a sequence is [real or imaginary][lane] at 2 * i * kDoubleLanes, so every radix is plain vector code, and no lane knows the others.

#if !defined(UNROLL_SIMD_H_)
#error "include unroll/simd_doubles.h before kernels/spectral/fourier.h"
#endif

#if (defined(UNROLL_TARGET_AVX512) && !defined(UNROLL_FOURIER_AVX512)) || (defined(UNROLL_TARGET_AVX2) && !defined(UNROLL_FOURIER_AVX2)) || \
    (UNROLL_VECTOR_BYTES == 16 && !defined(UNROLL_FOURIER_BASELINE))

#if defined(UNROLL_TARGET_AVX512)
#define UNROLL_FOURIER_AVX512
#elif defined(UNROLL_TARGET_AVX2)
#define UNROLL_FOURIER_AVX2
#else
#define UNROLL_FOURIER_BASELINE
#endif

namespace unroll {
namespace UNROLL_TARGET {

struct Complexes {
  Doubles real, imaginary;
};

static UNROLL_INLINE Complexes LoadComplexes(const double* values, int64_t i) {
  return {LoadDoubles(values + 2 * i * kDoubleLanes), LoadDoubles(values + (2 * i + 1) * kDoubleLanes)};
}
static UNROLL_INLINE void StoreComplexes(double* values, int64_t i, Complexes z) {
  StoreDoubles(values + 2 * i * kDoubleLanes, z.real);
  StoreDoubles(values + (2 * i + 1) * kDoubleLanes, z.imaginary);
}
static UNROLL_INLINE Complexes Plus(Complexes a, Complexes b) { return {a.real + b.real, a.imaginary + b.imaginary}; }
static UNROLL_INLINE Complexes Minus(Complexes a, Complexes b) { return {a.real - b.real, a.imaginary - b.imaginary}; }
static UNROLL_INLINE Complexes TimesMinusI(Complexes a) { return {a.imaginary, -a.real}; }
/// a * (turn[0] + i turn[1])
static UNROLL_INLINE Complexes Turned(Complexes a, const double* turn) {
  const Doubles real = BroadcastDouble(turn[0]), imaginary = BroadcastDouble(turn[1]);
  return {a.real * real - a.imaginary * imaginary, a.real * imaginary + a.imaginary * real};
}

/// A pass of Stockham's transform of `size` numbers: x is [radix, parts, stride], y [parts, radix, stride]. `table` holds 2 * size turns.
struct FourierPass {
  int64_t size, parts, stride;
  const double* table;
  /// e^(-2 pi i k / size)
  const double* Turn(int64_t k) const { return table + 4 * k; }
};

static inline void PassOfFour(const double* x, double* y, const FourierPass& pass) {
  const int64_t s = pass.stride, far = s * pass.parts;
  for (int64_t p = 0; p < pass.parts; ++p) {
    const double *w1 = pass.Turn(s * p), *w2 = pass.Turn(2 * s * p), *w3 = pass.Turn(3 * s * p);
    for (int64_t q = 0; q < s; ++q) {
      const int64_t from = q + s * p, to = q + 4 * s * p;
      const Complexes a0 = LoadComplexes(x, from), a1 = LoadComplexes(x, from + far);
      const Complexes a2 = LoadComplexes(x, from + 2 * far), a3 = LoadComplexes(x, from + 3 * far);
      const Complexes even = Plus(a0, a2), odd = Plus(a1, a3), even_difference = Minus(a0, a2), odd_difference = TimesMinusI(Minus(a1, a3));
      StoreComplexes(y, to, Plus(even, odd));
      StoreComplexes(y, to + s, Turned(Plus(even_difference, odd_difference), w1));
      StoreComplexes(y, to + 2 * s, Turned(Minus(even, odd), w2));
      StoreComplexes(y, to + 3 * s, Turned(Minus(even_difference, odd_difference), w3));
    }
  }
}

static inline void PassOfTwo(const double* x, double* y, const FourierPass& pass) {
  const int64_t s = pass.stride, far = s * pass.parts;
  for (int64_t p = 0; p < pass.parts; ++p)
    for (int64_t q = 0; q < s; ++q) {
      const Complexes a = LoadComplexes(x, q + s * p), b = LoadComplexes(x, q + s * p + far);
      StoreComplexes(y, q + 2 * s * p, Plus(a, b));
      StoreComplexes(y, q + 2 * s * p + s, Turned(Minus(a, b), pass.Turn(s * p)));
    }
}

/// Any radix, each output by its definition.
static inline void PassOfAny(const double* x, double* y, int64_t radix, const FourierPass& pass) {
  const int64_t s = pass.stride, far = s * pass.parts;
  for (int64_t p = 0; p < pass.parts; ++p)
    for (int64_t j = 0; j < radix; ++j)
      for (int64_t q = 0; q < s; ++q) {
        Complexes sum = LoadComplexes(x, q + s * p);
        for (int64_t k = 1; k < radix; ++k)
          sum = Plus(sum, Turned(LoadComplexes(x, q + s * p + k * far), pass.Turn(j * k % radix * (pass.size / radix))));
        StoreComplexes(y, q + s * (radix * p + j), Turned(sum, pass.Turn(s * p * j)));
      }
}

/// Transforms `size` numbers of each lane; uses both arrays. Returns the one that the result is in.
static inline double* FourierTransform(double* x, double* y, int64_t size, const double* table) {
  int64_t rest = size, stride = 1;
  for (int64_t radix = 4; rest > 1;) {
    if (rest % radix != 0) {
      radix = radix == 4 ? 2 : radix == 2 ? 3 : radix + 2;
      continue;
    }
    rest /= radix;
    const FourierPass pass{size, rest, stride, table};
    if (radix == 4) {
      PassOfFour(x, y, pass);
    } else if (radix == 2) {
      PassOfTwo(x, y, pass);
    } else {
      PassOfAny(x, y, radix, pass);
    }
    stride *= radix;
    double* const result = y;
    y = x;
    x = result;
  }
  return x;
}

}  // namespace UNROLL_TARGET
}  // namespace unroll

#endif
