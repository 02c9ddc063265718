#ifndef UNROLL_TARGET_H_
#define UNROLL_TARGET_H_

// Which instruction sets vector code is compiled for and which one runs. Nothing here needs compiler flags, so that
// any build system can build the files as they are and the result starts on every processor of the family.

#if !defined(__GNUC__)
#error "unroll's kernels use the vector types of GCC and Clang; build with one of them (clang-cl on Windows)"
#endif

#if defined(__x86_64__)
#define UNROLL_X86 1
#include <immintrin.h>
#else
#define UNROLL_X86 0
#endif

#define UNROLL_AVX2_FEATURES "avx2,fma,bmi,bmi2,f16c"
#define UNROLL_AVX512_FEATURES "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi,bmi2,f16c"

#define UNROLL_PRAGMA(text) _Pragma(#text)
#if defined(__clang__)
#define UNROLL_BEGIN_FEATURES(features) \
  UNROLL_PRAGMA(clang attribute push(__attribute__((target(features))), apply_to = function))
#define UNROLL_END_TARGET _Pragma("clang attribute pop")
#else
#define UNROLL_BEGIN_FEATURES(features) _Pragma("GCC push_options") UNROLL_PRAGMA(GCC target(features))
#define UNROLL_END_TARGET _Pragma("GCC pop_options")
#endif
#define UNROLL_BEGIN_AVX512 UNROLL_BEGIN_FEATURES(UNROLL_AVX512_FEATURES)
#define UNROLL_BEGIN_AVX2 UNROLL_BEGIN_FEATURES(UNROLL_AVX2_FEATURES)

#define UNROLL_INLINE inline __attribute__((always_inline))

namespace unroll {

enum class Target { kBaseline = 0, kAvx2 = 1, kAvx512 = 2 };

/// The best target this processor can run, or less after LimitTarget.
Target CurrentTarget();

/// True if the processor multiplies pairs of bfloat16 numbers (avx512_bf16) and the limit allows it.
bool HasBfloat16Products();

/// True if the processor multiplies tiles of bfloat16 numbers (AMX).
bool HasBfloat16Tiles();

/// Lets kernels use at most `target`; for tests, which run every target that the machine has.
void LimitTarget(Target target);

/// "avx512+bf16", "avx512", "avx2", "sse2", "neon": for humans.
const char* TargetName();

}  // namespace unroll

/// The address of `function` for the best target; to be used inside namespace unroll.
#if UNROLL_X86
#define UNROLL_DISPATCH(function)                                            \
  (::unroll::CurrentTarget() == ::unroll::Target::kAvx512 ? &avx512::function \
   : ::unroll::CurrentTarget() == ::unroll::Target::kAvx2 ? &avx2::function   \
                                                          : &baseline::function)
#else
#define UNROLL_DISPATCH(function) (&baseline::function)
#endif

#endif  // UNROLL_TARGET_H_
