// bfloat16 for processors that multiply pairs of it (avx512_bf16): an item is two numbers, the first in the low half; an
// odd end is filled with zero. Included by gemm.h for that target alone.

namespace unroll {
namespace UNROLL_TARGET {

struct PairFormat {
  static constexpr int64_t kNumbers = 2;
  static constexpr bool kChangesNumbers = true;

  static UNROLL_INLINE Floats Dot(Floats a, Floats b, Floats sum) {
    return reinterpret_cast<Floats>(_mm512_dpbf16_ps(reinterpret_cast<__m512>(sum), reinterpret_cast<__m512bh>(a),
                                                     reinterpret_cast<__m512bh>(b)));
  }

  static UNROLL_INLINE Floats Across(const float* row, int64_t stride, int64_t inner, int64_t count) {
    if (count <= 0) return Broadcast(0.0f);
    const Floats low = LoadUpTo(row, count), high = inner > 1 ? LoadUpTo(row + stride, count) : Broadcast(0.0f);
    // Both rows behind each other, then their numbers in turns.
    const __m512i both = reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(reinterpret_cast<__m512>(high), reinterpret_cast<__m512>(low)));
    return reinterpret_cast<Floats>(_mm512_maskz_permutexvar_epi16(0xffffffffu, InTurns(), both));
  }

  static UNROLL_INLINE Floats Along(const float* line, int64_t inner) {
    const Floats low = inner > 0 ? LoadUpTo(line, inner) : Broadcast(0.0f);
    const Floats high = inner > kLanes ? LoadUpTo(line + kLanes, inner - kLanes) : Broadcast(0.0f);
    return reinterpret_cast<Floats>(_mm512_cvtne2ps_pbh(reinterpret_cast<__m512>(high), reinterpret_cast<__m512>(low)));
  }

 private:
  /// 0 16 1 17 2 18 ...
  static UNROLL_INLINE __m512i InTurns() {
    return _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5, 20, 4, 19, 3,
                            18, 2, 17, 1, 16, 0);
  }
};

}  // namespace UNROLL_TARGET
}  // namespace unroll
