// Compiles the including file once for every instruction set of the processor family. A kernel file looks like this:
//
//   #include <cmath>                                   1. every ordinary header first (they must see no target)
//   #include "unroll/relu.h"
//   #undef UNROLL_THIS_FILE
//   #define UNROLL_THIS_FILE "kernels/relu.cc"         2. its own path below native/src
//   #include "unroll/for_each_target.h"
//   #include "unroll/simd.h"                           3. Floats, Load, Store ... for the current target
//
//   namespace unroll {
//   namespace UNROLL_TARGET {                          4. vector code; no std:: templates, no lambdas in here
//   void Relu(const float* x, float* y, int64_t n) { for (...) Store(y + i, Max(Load(x + i), Broadcast(0.0f))); }
//   }
//   #if UNROLL_ONCE                                    5. compiled once: the public function
//   void Relu(const float* x, float* y, int64_t n) {
//     ParallelFor(n, 1 << 15, [&](int64_t begin, int64_t end) { UNROLL_DISPATCH(Relu)(x + begin, y + begin, end - begin); });
//   }
//   #endif
//   }  // namespace unroll
//
// UNROLL_DISPATCH(f) is the f of the best target that this processor can run (see target.h).

#include "unroll/target.h"

#ifndef UNROLL_INSIDE_FOR_EACH_TARGET
#define UNROLL_INSIDE_FOR_EACH_TARGET

#undef UNROLL_TARGET
#undef UNROLL_VECTOR_BYTES
#undef UNROLL_ONCE
#define UNROLL_ONCE 0

#if UNROLL_X86

#define UNROLL_TARGET avx512
#define UNROLL_TARGET_AVX512 1
#define UNROLL_VECTOR_BYTES 64
UNROLL_BEGIN_AVX512
#include UNROLL_THIS_FILE
UNROLL_END_TARGET
#undef UNROLL_TARGET
#undef UNROLL_TARGET_AVX512
#undef UNROLL_VECTOR_BYTES

#define UNROLL_TARGET avx2
#define UNROLL_TARGET_AVX2 1
#define UNROLL_VECTOR_BYTES 32
UNROLL_BEGIN_AVX2
#include UNROLL_THIS_FILE
UNROLL_END_TARGET
#undef UNROLL_TARGET
#undef UNROLL_TARGET_AVX2
#undef UNROLL_VECTOR_BYTES

#endif  // UNROLL_X86

// What follows in the including file is compiled for the least processor of the family: SSE2, NEON or WebAssembly SIMD.
#define UNROLL_TARGET baseline
#define UNROLL_VECTOR_BYTES 16
#undef UNROLL_ONCE
#define UNROLL_ONCE 1
#undef UNROLL_INSIDE_FOR_EACH_TARGET

#endif  // UNROLL_INSIDE_FOR_EACH_TARGET
