// bfloat16 for processors that multiply pairs of it (avx512_bf16): an item is two numbers with neighbouring inner
// indices, the first in the low half; an odd end is filled with zero. Included by gemm.h for that target alone.

namespace unroll {
namespace UNROLL_TARGET {

struct PairFormat {
  static constexpr bool kRewritesA = true;

  static UNROLL_INLINE Floats Dot(Floats a, Floats b, Floats sum) {
    return reinterpret_cast<Floats>(_mm512_dpbf16_ps(reinterpret_cast<__m512>(sum), reinterpret_cast<__m512bh>(a),
                                                     reinterpret_cast<__m512bh>(b)));
  }

  static int64_t Steps(int64_t k) { return (k + 1) / 2; }

  /// The nearest bfloat16 of each lane in the low half of the lane.
  static UNROLL_INLINE __m512i Narrow(Floats v) {
    return _mm512_maskz_cvtepu16_epi32(0xffff, reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(reinterpret_cast<__m512>(v))));
  }
  static UNROLL_INLINE Floats Pair(Floats low, Floats high) {
    return reinterpret_cast<Floats>(_mm512_or_si512(Narrow(low), _mm512_maskz_slli_epi32(0xffff, Narrow(high), 16)));
  }

  /// Pairs of neighbours in memory: up to 2 * kLanes numbers, zeros behind them.
  static UNROLL_INLINE Floats PairNeighbours(const float* p, int64_t count) {
    const Floats low = count > 0 ? LoadUpTo(p, count) : Broadcast(0.0f);
    const Floats high = count > kLanes ? LoadUpTo(p + kLanes, count - kLanes) : Broadcast(0.0f);
    return reinterpret_cast<Floats>(_mm512_cvtne2ps_pbh(reinterpret_cast<__m512>(high), reinterpret_cast<__m512>(low)));
  }

  static void PackPanel(const Part& b, int width, float* out) {
    if (b.factor.transposed) {
      PackTurned(b, width, out);
      return;
    }
    for (int64_t k = 0; k < b.k; k += 2, out += width) {
      const float* row = b.factor.data + (b.k0 + k) * b.factor.stride + b.first;
      for (int v = 0; v < width; v += kLanes) Store(out + v, PairRows(row + v, b.factor.stride, k + 1 < b.k, b.count - v));
    }
  }

  static void RewriteA(const Part& a, float* out) {
    const int64_t steps = Steps(a.k);
    if (a.factor.transposed) {
      for (int64_t k = 0; k < a.k; k += 2, out += a.count) {
        const float* row = a.factor.data + (a.k0 + k) * a.factor.stride + a.first;
        for (int64_t i = 0; i < a.count; i += kLanes)
          StoreUpTo(out + i, PairRows(row + i, a.factor.stride, k + 1 < a.k, a.count - i), a.count - i);
      }
      return;
    }
    for (int64_t i = 0; i < a.count; ++i, out += steps) {
      const float* row = a.factor.data + (a.first + i) * a.factor.stride + a.k0;
      for (int64_t s = 0; s < steps; s += kLanes) StoreUpTo(out + s, PairNeighbours(row + 2 * s, a.k - 2 * s), steps - s);
    }
  }

 private:
  static UNROLL_INLINE Floats PairRows(const float* row, int64_t stride, bool has_second, int64_t count) {
    if (count <= 0) return Broadcast(0.0f);
    return Pair(LoadUpTo(row, count), has_second ? LoadUpTo(row + stride, count) : Broadcast(0.0f));
  }

  static void PackTurned(const Part& b, int width, float* out) {
    const int64_t steps = Steps(b.k);
    for (int v = 0; v < width; v += kLanes) {
      const int64_t columns = b.count - v;
      for (int64_t s = 0; s < steps; s += kLanes) {
        Floats square[kLanes];
        for (int i = 0; i < kLanes; ++i) {
          const float* column = b.factor.data + (b.first + v + i) * b.factor.stride + b.k0 + 2 * s;
          square[i] = i < columns ? PairNeighbours(column, b.k - 2 * s) : Broadcast(0.0f);
        }
        TransposeTile(square);
        for (int i = 0; i < kLanes && s + i < steps; ++i) Store(out + (s + i) * width + v, square[i]);
      }
    }
  }
};

}  // namespace UNROLL_TARGET
}  // namespace unroll
