// Exp, Log, Sigmoid and Tanh over the vectors of simd.h, one part for each target like that file. Relative errors
// against double arithmetic stay below 3e-7 for every float32 argument (vector_math_test.cc holds them to it).

#if !defined(UNROLL_SIMD_H_)
#error "include unroll/simd.h before unroll/vector_math.h"
#endif

#if (defined(UNROLL_TARGET_AVX512) && !defined(UNROLL_VECTOR_MATH_AVX512)) || \
    (defined(UNROLL_TARGET_AVX2) && !defined(UNROLL_VECTOR_MATH_AVX2)) ||     \
    (UNROLL_VECTOR_BYTES == 16 && !defined(UNROLL_VECTOR_MATH_BASELINE))

#if defined(UNROLL_TARGET_AVX512)
#define UNROLL_VECTOR_MATH_AVX512
#elif defined(UNROLL_TARGET_AVX2)
#define UNROLL_VECTOR_MATH_AVX2
#else
#define UNROLL_VECTOR_MATH_BASELINE
#endif

namespace unroll {
namespace UNROLL_TARGET {

/// e^x = 2^power * (1 + remainder), for |x| < 100 (or NaN, which shows in the remainder).
struct ExpParts {
  Ints power;
  Floats remainder;
};
static UNROLL_INLINE ExpParts SplitExp(Floats x) {
  const Ints power = RoundToInt(x * 1.44269504088896341f);
  const Floats whole = ToFloats(power);
  // ln 2 in two pieces, the first with so few bits that a whole number times it is exact.
  Floats r = MultiplyAdd(whole, Broadcast(-0.693359375f), x);
  r = MultiplyAdd(whole, Broadcast(2.12194440e-4f), r);
  Floats p = Broadcast(1.9875691500e-4f);
  p = MultiplyAdd(p, r, Broadcast(1.3981999507e-3f));
  p = MultiplyAdd(p, r, Broadcast(8.3334519073e-3f));
  p = MultiplyAdd(p, r, Broadcast(4.1665795894e-2f));
  p = MultiplyAdd(p, r, Broadcast(1.6666665459e-1f));
  p = MultiplyAdd(p, r, Broadcast(5.0000001201e-1f));
  return {power, MultiplyAdd(p, r * r, r)};
}

/// 2^n for n in [-126, 127].
static UNROLL_INLINE Floats PowerOfTwo(Ints n) { return AsFloats((n + 127) << 23); }

/// e^x: 0 below -87.33 (so never a denormal number), infinity above 88.72, NaN for NaN.
static UNROLL_INLINE Floats Exp(Floats x) {
  const Floats lowest = Broadcast(-87.33f);
  // The operands of Max and Min stand so that NaN passes.
  const ExpParts parts = SplitExp(Min(Broadcast(89.0f), Max(lowest, x)));
  const Ints half = parts.power >> 1;  // 2^128 is not a float, 2^64 * 2^64 overflows as it should
  const Floats value = (parts.remainder + 1.0f) * PowerOfTwo(half) * PowerOfTwo(parts.power - half);
  return Select(x < lowest, Broadcast(0.0f), value);
}

/// The same for x <= 0 (or NaN), with less to do: a softmax's exponents.
static UNROLL_INLINE Floats ExpUpToZero(Floats x) {
  const Floats lowest = Broadcast(-87.33f);
  const ExpParts parts = SplitExp(Max(lowest, x));
  const Floats power = PowerOfTwo(parts.power);
  return Select(x < lowest, Broadcast(0.0f), MultiplyAdd(parts.remainder, power, power));
}

/// 1 / (1 + e^-x).
static UNROLL_INLINE Floats Sigmoid(Floats x) {
  const Floats bounded = Min(Broadcast(87.0f), Max(Broadcast(-87.0f), -x));
  const ExpParts parts = SplitExp(bounded);
  const Floats power = PowerOfTwo(parts.power);
  return 1.0f / (1.0f + MultiplyAdd(parts.remainder, power, power));
}

/// tanh x = -m / (m + 2) with m = e^(-2|x|) - 1, which keeps its leading digits near zero.
static UNROLL_INLINE Floats Tanh(Floats x) {
  const Floats y = Max(Broadcast(-40.0f), Abs(x) * -2.0f);
  const ExpParts parts = SplitExp(y);
  const Floats power = PowerOfTwo(parts.power);
  const Floats m = MultiplyAdd(parts.remainder, power, power - 1.0f);
  const Floats magnitude = -m / (m + 2.0f);
  return AsFloats(AsInts(magnitude) | (AsInts(x) & BroadcastInt(static_cast<int32_t>(0x80000000u))));
}

/// Natural logarithm: minus infinity at 0, NaN below, infinity at infinity; denormal numbers count as 0.
static UNROLL_INLINE Floats Log(Floats x) {
  const Ints bits = AsInts(x);
  Ints power = ((bits >> 23) & 255) - 126;
  Floats m = AsFloats((bits & 0x007fffff) | 0x3f000000);  // in [0.5, 1)
  const Ints small = m < 0.707106781186547524f;
  power = power + small;
  m = Select(small, m + m, m) - 1.0f;
  Floats p = Broadcast(7.0376836292e-2f);
  p = MultiplyAdd(p, m, Broadcast(-1.1514610310e-1f));
  p = MultiplyAdd(p, m, Broadcast(1.1676998740e-1f));
  p = MultiplyAdd(p, m, Broadcast(-1.2420140846e-1f));
  p = MultiplyAdd(p, m, Broadcast(1.4249322787e-1f));
  p = MultiplyAdd(p, m, Broadcast(-1.6668057665e-1f));
  p = MultiplyAdd(p, m, Broadcast(2.0000714765e-1f));
  p = MultiplyAdd(p, m, Broadcast(-2.4999993993e-1f));
  p = MultiplyAdd(p, m, Broadcast(3.3333331174e-1f));
  const Floats square = m * m;
  const Floats whole = ToFloats(power);
  Floats tail = MultiplyAdd(p * m, square, whole * -2.12194440e-4f);
  tail = MultiplyAdd(square, Broadcast(-0.5f), tail);
  Floats value = MultiplyAdd(whole, Broadcast(0.693359375f), m + tail);
  value = Select(x < 1.17549435e-38f, Broadcast(-__builtin_inff()), value);
  value = Select(x < 0.0f, Broadcast(__builtin_nanf("")), value);
  return Select(x < __builtin_inff(), value, x);  // infinity and NaN stay themselves
}

}  // namespace UNROLL_TARGET
}  // namespace unroll

#endif
