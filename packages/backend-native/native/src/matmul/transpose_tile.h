// Transposes a square of kLanes x kLanes numbers in registers; included once for each target by gemm.h.

namespace unroll {
namespace UNROLL_TARGET {

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
