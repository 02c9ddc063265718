// Reorders factors for the micro-kernel, one part for each target; included by gemm.h. All of it waits for memory more
// than it computes, so what comes next is asked for meanwhile.
//
// Columns of B become panels: kPanelWidth columns (or one vector, in the last panel), step after step, zeros in missing
// columns. Rows of A become lines of steps if they lie row by row; if A lies transposed, strips: the rows of one tile,
// step after step. So each tile reads a few contiguous kilobytes.

namespace unroll {
namespace UNROLL_TARGET {

/// Part of a factor: `k` inner indices from k0 on, `count` rows of A or columns of B from `first` on.
struct Part {
  Factor factor;
  int64_t k0, k;
  int64_t first, count;

  /// Where inner index `inner` of row or column `line` lies, both counted within the part.
  UNROLL_INLINE const float* At(int64_t inner, int64_t line, bool lines_are_rows) const {
    return lines_are_rows ? factor.data + (first + line) * factor.stride + k0 + inner
                          : factor.data + (k0 + inner) * factor.stride + first + line;
  }
};

template <typename Format>
static UNROLL_INLINE int64_t Steps(int64_t k) { return (k + Format::kNumbers - 1) / Format::kNumbers; }

static inline int64_t PanelWidth(int64_t columns) { return columns > kLanes ? kPanelWidth : kLanes; }

/// Panels of columns that lie side by side: row after row through all of them.
template <typename Format>
static void PackInOrder(const Part& b, float* out) {
  constexpr int64_t kRowsAhead = 8;
  const int64_t steps = Steps<Format>(b.k);
  for (int64_t s = 0; s < steps; ++s) {
    const int64_t inner = s * Format::kNumbers;
    const float* row = b.At(inner, 0, false);
    for (int64_t column = 0; column < b.count; column += kPanelWidth) {
      const int64_t columns = b.count - column, width = columns < kPanelWidth ? PanelWidth(columns) : kPanelWidth;
      for (int64_t n = 0; n < Format::kNumbers; ++n)
        for (int64_t v = 0; v < width; v += 16) __builtin_prefetch(row + (kRowsAhead + n) * b.factor.stride + column + v, 0, 3);
      float* to = out + column * steps + s * width;
      for (int64_t v = 0; v < width; v += kLanes)
        Store(to + v, Format::Across(row + column + v, b.factor.stride, b.k - inner, columns - v));
    }
  }
}

/// kLanes steps of kLanes columns that lie as rows, turned in registers: step after step at `out`, `width` apart.
/// `columns` and `inner` are those that are left.
template <typename Format>
static UNROLL_INLINE void TurnSquare(const float* corner, int64_t stride, int64_t columns, int64_t inner, int64_t width, float* out) {
  Floats square[kLanes];
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; ++i) square[i] = i < columns ? Format::Along(corner + i * stride, inner) : Broadcast(0.0f);
  TransposeTile(square);
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; ++i)
    if (i * Format::kNumbers < inner) Store(out + i * width, square[i]);
}

/// Panels of columns that lie as rows.
template <typename Format>
static void PackTurned(const Part& b, float* out) {
  constexpr int64_t kInner = kLanes * Format::kNumbers;  // of a square
  const int64_t k = b.k, count = b.count, stride = b.factor.stride, steps = Steps<Format>(k);
  for (int64_t column = 0; column < count; column += kLanes) {
    const int64_t in_panel = column % kPanelWidth, rest = count - (column - in_panel), columns = count - column;
    const int64_t width = rest < kPanelWidth ? PanelWidth(rest) : kPanelWidth;
    const float* corner = b.At(0, column, true);
    float* to = out + (column - in_panel) * steps + in_panel;
    int64_t inner = 0;
    if (columns >= 2 * kLanes) {
      // The rows are pages apart and short, which the processor's own prefetching does not foresee: ask for the next ones.
      for (; inner + kInner <= k; inner += kInner, to += kLanes * width) {
        for (int64_t i = 0; i < kLanes; ++i)
          for (int64_t n = 0; n < kInner; n += 16) __builtin_prefetch(corner + (kLanes + i) * stride + inner + n, 0, 2);
        TurnSquare<Format>(corner + inner, stride, kLanes, kInner, width, to);
      }
    }
    for (; inner < k; inner += kInner, to += kLanes * width) TurnSquare<Format>(corner + inner, stride, columns, k - inner, width, to);
  }
}

template <typename Format>
static void PackPanels(const Part& b, float* out) {
  if (b.factor.transposed) {
    PackTurned<Format>(b, out);
  } else {
    PackInOrder<Format>(b, out);
  }
}

template <typename Format>
static void RewriteLines(const Part& a, float* out) {
  const int64_t k = a.k, count = a.count, stride = a.factor.stride, steps = Steps<Format>(k);
  const float* line = a.At(0, 0, true);
  for (int64_t i = 0; i < count; ++i, line += stride, out += steps)
    for (int64_t s = 0; s < steps; s += kLanes)
      StoreUpTo(out + s, Format::Along(line + s * Format::kNumbers, k - s * Format::kNumbers), steps - s);
}

/// A few steps of every strip at a time: so few rows of memory that their cache lines stay until the next strip.
template <typename Format>
static void RewriteStrips(const Part& a, float* out) {
  constexpr int64_t kRowsAtATime = 8;
  const int64_t k = a.k, count = a.count, stride = a.factor.stride, steps = Steps<Format>(k), strips = TileBlocks(count);
  const float* data = a.At(0, 0, false);
  for (int64_t first = 0; first < k; first += kRowsAtATime) {
    const int64_t last = first + kRowsAtATime < k ? first + kRowsAtATime : k;
    for (int64_t strip = 0; strip < strips; ++strip) {
      const int64_t begin = TileBegin(count, strip, strips), rows = TileBegin(count, strip + 1, strips) - begin;
      for (int64_t inner = first; inner < last; ++inner) __builtin_prefetch(data + (inner + kRowsAtATime) * stride + begin, 0, 3);
      float* to = out + begin * steps + first / Format::kNumbers * rows;
      for (int64_t inner = first; inner < last; inner += Format::kNumbers, to += rows)
        for (int64_t i = 0; i < rows; i += kLanes)
          StoreUpTo(to + i, Format::Across(data + inner * stride + begin + i, stride, k - inner, rows - i), rows - i);
    }
  }
}

}  // namespace UNROLL_TARGET
}  // namespace unroll
