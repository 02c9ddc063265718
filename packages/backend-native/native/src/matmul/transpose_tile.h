// Transposes a square of kLanes x kLanes numbers in registers; included once for each target by gemm.h.

namespace unroll {
namespace UNROLL_TARGET {

#if defined(__clang__)
#define UNROLL_SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define UNROLL_SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (Ints){__VA_ARGS__})
#endif

// a0 b0 a1 b1 ... of the lower and of the upper halves.
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

/// log2(kLanes) perfect shuffles of the rows are a transposition.
static UNROLL_INLINE void TransposeTile(Floats (&rows)[kLanes]) {
#pragma GCC unroll 4
  for (int stage = 1; stage < kLanes; stage *= 2) {
    Floats next[kLanes];
#pragma GCC unroll 8
    for (int i = 0; i < kLanes / 2; ++i) {
      next[2 * i] = InterleaveLower(rows[i], rows[i + kLanes / 2]);
      next[2 * i + 1] = InterleaveUpper(rows[i], rows[i + kLanes / 2]);
    }
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; ++i) rows[i] = next[i];
  }
}

}  // namespace UNROLL_TARGET
}  // namespace unroll
