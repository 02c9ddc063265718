// How the two factors lie while the micro-kernel reads them, one part for each target; included by gemm.h.
//
// A format packs columns of B into panels: `width` columns, row after row, zeros in missing columns. A format that
// changes numbers also rewrites A, as rows of items if A lies row by row, else as steps of items.

namespace unroll {
namespace UNROLL_TARGET {

/// Part of a factor: `k` inner indices from k0 on, `count` rows of A or columns of B from `first` on.
struct Part {
  Factor factor;
  int64_t k0, k;
  int64_t first, count;
};

struct KeepNumbers {
  static UNROLL_INLINE Floats Apply(Floats v) { return v; }
};

/// To bfloat16 and back: the nearest number with 8 significant bits, ties to even; NaN stays NaN.
struct RoundNumbers {
  static UNROLL_INLINE Floats Apply(Floats v) {
    const UInts bits = reinterpret_cast<UInts>(v);
    const UInts rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) & 0xffff0000u;
    return Select(v == v, reinterpret_cast<Floats>(rounded), v);
  }
};

/// Rows of B lie in memory as wanted: copy them, `width` at a time.
template <typename Change>
static void PackPanelInOrder(const Part& b, int width, float* out) {
  for (int64_t k = 0; k < b.k; ++k, out += width) {
    const float* row = b.factor.data + (b.k0 + k) * b.factor.stride + b.first;
    for (int v = 0; v < width; v += kLanes) {
      const int64_t left = b.count - v;
      Store(out + v, left > 0 ? Change::Apply(LoadUpTo(row + v, left)) : Broadcast(0.0f));
    }
  }
}

/// A panel of a factor that lies transposed: squares of kLanes columns by kLanes inner indices are turned in registers.
template <typename Change>
static void PackPanelTurned(const Part& b, int width, float* out) {
  for (int v = 0; v < width; v += kLanes) {
    const int64_t columns = b.count - v;
    for (int64_t k = 0; k < b.k; k += kLanes) {
      const int64_t steps = b.k - k;
      Floats square[kLanes];
      for (int i = 0; i < kLanes; ++i) {
        const float* column = b.factor.data + (b.first + v + i) * b.factor.stride + b.k0 + k;
        square[i] = i < columns ? Change::Apply(LoadUpTo(column, steps)) : Broadcast(0.0f);
      }
      TransposeTile(square);
      for (int i = 0; i < kLanes && i < steps; ++i) Store(out + (k + i) * width + v, square[i]);
    }
  }
}

template <typename Change>
struct FloatFormat {
  static constexpr bool kRewritesA = false;
  static UNROLL_INLINE Floats Dot(Floats a, Floats b, Floats sum) { return MultiplyAdd(a, b, sum); }
  static int64_t Steps(int64_t k) { return k; }
  static void PackPanel(const Part& b, int width, float* out) {
    if (b.factor.transposed) {
      PackPanelTurned<Change>(b, width, out);
    } else {
      PackPanelInOrder<Change>(b, width, out);
    }
  }
};

using Float32Format = FloatFormat<KeepNumbers>;

/// bfloat16 where the processor cannot multiply it: the numbers are rounded, the arithmetic is float32.
struct RoundedFormat : FloatFormat<RoundNumbers> {
  static constexpr bool kRewritesA = true;
  static void RewriteA(const Part& a, float* out) {
    const int64_t lines = a.factor.transposed ? a.k : a.count, length = a.factor.transposed ? a.count : a.k;
    const float* from = a.factor.transposed ? a.factor.data + a.k0 * a.factor.stride + a.first
                                            : a.factor.data + a.first * a.factor.stride + a.k0;
    for (int64_t line = 0; line < lines; ++line)
      for (int64_t i = 0; i < length; i += kLanes)
        StoreUpTo(out + line * length + i, RoundNumbers::Apply(LoadUpTo(from + line * a.factor.stride + i, length - i)), length - i);
  }
};

}  // namespace UNROLL_TARGET
}  // namespace unroll
