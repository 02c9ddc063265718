// Our own matrix product on one thread, one part for each target; portable.cc and portable_bfloat16.cc include it.
//
// A group of panels of B (as many columns as fit the second-level cache with all inner indices of a block) is packed
// once. Then A passes by, strip of rows after strip of rows, each multiplied by all panels of the group while it is in
// the first-level cache. Products of few rows go panel by panel instead, since there B is what passes by; so do those
// over many inner indices, a few rows of A at a time.

#include "matmul/micro_kernel.h"
#include "matmul/transpose_tile.h"
#include "matmul/formats.h"
#if defined(UNROLL_TARGET_BFLOAT16)
#include "matmul/pair_format.h"
#endif
#include "matmul/packing.h"

namespace unroll {
namespace UNROLL_TARGET {

constexpr int64_t kNumbersOfBlock = 4096 * 1024;  // of A: what is rewritten at a time
constexpr int64_t kFewStrips = 64;                // up to this many rows go panel by panel
constexpr int64_t kColumnsWorthStrips = 128;      // products of fewer columns read a transposed A in place

/// Items of B in a group: six tenths of the second-level cache, since A and C pass through it too.
static inline int64_t ItemsOfGroup() { return SecondLevelCacheBytes() / 4 * 6 / 10; }

/// Blocks of inner indices. A is read once a group and C once a block: their traffic together is least where a block
/// has sqrt(2 * ItemsOfGroup()) inner indices. One block is worth a little more.
static inline int64_t StepBlocks(int64_t k) {
  const int64_t numbers = 2 * ItemsOfGroup();
  int64_t best = 256;
  while (best * best < numbers) best += 16;
  return k <= best + best / 3 ? 1 : (k + best - 1) / best;
}

static inline int64_t Blocks(int64_t count, int64_t largest) { return count <= largest ? 1 : (count + largest - 1) / largest; }

/// Inner index at which block `block` begins: even, so that pairs stay together.
static inline int64_t StepBegin(int64_t k, int64_t block, int64_t blocks) { return block == blocks ? k : k * block / blocks & ~1; }

/// A as the tiles read it: element (i, s) of the tile that begins at row `begin` is at Rows(begin)[i * row + s * step].
struct RowsOfA {
  const float* data;
  int64_t row, step;  // in strips the step is the number of rows of the tile
  bool in_strips;
  int64_t steps;
  const float* Rows(int64_t begin) const { return data + begin * (in_strips ? steps : row); }
};

/// A in place, or rewritten if the format wants it or rows of a transposed A are worth being brought together.
template <typename Format>
static RowsOfA PlaceA(const Part& a, int64_t columns) {
  const int64_t steps = Steps<Format>(a.k);
  if (Format::kChangesNumbers || (a.factor.transposed && columns >= kColumnsWorthStrips)) {
    float* out = ThreadScratch(ScratchSlot::kRows, a.count * steps);
    if (a.factor.transposed) {
      RewriteStrips<Format>(a, out);
      return {out, 1, 0, true, steps};
    }
    RewriteLines<Format>(a, out);
    return {out, steps, 1, false, steps};
  }
  const float* data = a.At(0, 0, !a.factor.transposed);
  return a.factor.transposed ? RowsOfA{data, 1, a.factor.stride, false, steps} : RowsOfA{data, a.factor.stride, 1, false, steps};
}

/// Columns [first, end) of a product: a group of panels, packed one behind the other or, without `panels`, read in
/// place from B.
struct Group {
  int64_t first, end;
  const float* panels;
};

/// Points the tile at the panel of a group that begins at `column`.
static UNROLL_INLINE int64_t PlacePanel(const MatMul& p, const Part& a, const Group& group, int64_t column, Tile& tile) {
  const int64_t columns = group.end - column < kPanelWidth ? group.end - column : kPanelWidth;
  const int64_t width = PanelWidth(columns);
  tile.columns = static_cast<int>(columns);
  if (group.panels == nullptr) {
    tile.b = p.b.data + a.k0 * p.b.stride + column;
    tile.b_step = p.b.stride;
  } else {
    tile.b = group.panels + (column - group.first) * tile.steps;  // all panels but the last are full
    tile.b_step = width;
  }
  return width;
}

/// Asks for a share of the next strip of A (part `part` of `parts`) while the present one is multiplied: its rows lie far
/// apart, which the processor's own prefetching does not foresee.
template <bool kTransposedA>
static UNROLL_INLINE void PrefetchStrip(const RowsOfA& a, int64_t first_row, int64_t rows, int64_t part, int64_t parts) {
  const float* strip = a.Rows(first_row);
  if (a.in_strips) {
    const int64_t begin = rows * a.steps * part / parts, end = rows * a.steps * (part + 1) / parts;
    for (int64_t i = begin; i < end; i += 16) __builtin_prefetch(strip + i, 0, 2);
    return;
  }
  const int64_t begin = a.steps * part / parts, end = a.steps * (part + 1) / parts;
  if (kTransposedA) {
    for (int64_t s = begin; s < end; ++s) __builtin_prefetch(strip + s * a.step, 0, 2);
  } else {
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t s = begin; s < end; s += 16) __builtin_prefetch(strip + i * a.row + s, 0, 2);
  }
}

/// All rows of `a` by one group. `tile` comes with C's stride and what to do with what C holds.
template <typename Format, bool kTransposedA>
static void MultiplyGroup(const MatMul& p, const Part& a, const RowsOfA& rows, const Group& group, const float* bias, Tile tile) {
  const int64_t blocks = TileBlocks(a.count);
  tile.steps = rows.steps;
  tile.a_row = rows.row;
  tile.a_step = rows.step;
  const auto multiply = [&](int64_t block, int64_t column) __attribute__((always_inline)) {
    const int64_t begin = TileBegin(a.count, block, blocks), end = TileBegin(a.count, block + 1, blocks);
    const int64_t width = PlacePanel(p, a, group, column, tile);
    tile.a = rows.Rows(begin);
    if (rows.in_strips) tile.a_step = end - begin;
    tile.c = p.c + (a.first + begin) * p.c_stride + column;
    tile.bias = bias == nullptr ? nullptr : bias + column;
    MultiplyOneTile<Format, kTransposedA>(tile, end - begin, width);
  };
  if (a.count <= kFewStrips) {
    for (int64_t column = group.first; column < group.end; column += kPanelWidth)
      for (int64_t block = 0; block < blocks; ++block) multiply(block, column);
  } else {
    const int64_t panels = (group.end - group.first + kPanelWidth - 1) / kPanelWidth;
    for (int64_t block = 0; block < blocks; ++block)
      for (int64_t panel = 0; panel < panels; ++panel) {
        if (block + 1 < blocks) {
          const int64_t next = TileBegin(a.count, block + 1, blocks), count = TileBegin(a.count, block + 2, blocks) - next;
          PrefetchStrip<kTransposedA>(rows, next, count, panel, panels);
        }
        multiply(block, group.first + panel * kPanelWidth);
      }
  }
}

/// Columns of a group: one panel where rows are few, else what fits the cache.
static inline int64_t GroupColumns(int64_t rows, int64_t steps) {
  const int64_t fitting = ItemsOfGroup() / (steps > 0 ? steps : 1) / kPanelWidth * kPanelWidth;
  return rows <= kFewStrips || fitting < kPanelWidth ? kPanelWidth : fitting;
}

/// One block of A (all of `a`) by all columns of B, into the rows of C that belong to it.
template <typename Format>
static void MultiplyBlock(const MatMul& p, const Part& a, bool first_steps) {
  const RowsOfA rows = PlaceA<Format>(a, p.n);
  Tile tile{};
  tile.c_stride = p.c_stride;
  tile.accumulate = p.accumulate || !first_steps;
  const float* bias = first_steps ? p.bias : nullptr;
  // Read once, B need not be reordered: only a panel that is not full must be (the micro-kernel reads whole vectors).
  const bool read_in_place = !Format::kChangesNumbers && !p.b.transposed && a.count <= kTileRows;
  const int64_t group_columns = GroupColumns(a.count, rows.steps);
  float* panels = ThreadScratch(ScratchSlot::kPanel, rows.steps * group_columns);
  for (int64_t first = 0; first < p.n; first += group_columns) {
    Group group{first, first + group_columns < p.n ? first + group_columns : p.n, nullptr};
    if (!read_in_place || (group.end - first) % kPanelWidth != 0) {
      PackPanels<Format>(Part{p.b, a.k0, a.k, first, group.end - first}, panels);
      group.panels = panels;
    }
    if (p.a.transposed) {
      MultiplyGroup<Format, true>(p, a, rows, group, bias, tile);
    } else {
      MultiplyGroup<Format, false>(p, a, rows, group, bias, tile);
    }
  }
}

// Over many inner indices the other way round is faster: as much of B is packed as the last cache keeps, and pieces of A
// pass by, few enough rows to stay in the second-level cache with (nearly) all their inner indices. C, which blocks of
// inner indices would read and write again and again, is then written once.
constexpr int64_t kRowsOfPiece = 4 * kTileRows;
constexpr int64_t kItemsOfManyPanels = 1 << 20;

/// Items of a row of a piece: together four tenths of the second-level cache.
static inline int64_t ItemsOfPieceRow() { return SecondLevelCacheBytes() / 4 * 4 / 10 / kRowsOfPiece; }

static inline bool IsLong(const MatMul& p) {
  return !p.a.transposed && p.m > kFewStrips && StepBlocks(p.k) > 1;
}

template <typename Format>
static void MultiplyInPieces(const MatMul& p) {
  const int64_t step_blocks = Blocks(p.k, ItemsOfPieceRow() * Format::kNumbers), pieces = Blocks(p.m, kRowsOfPiece);
  for (int64_t j = 0; j < step_blocks; ++j) {
    const int64_t k = StepBegin(p.k, j, step_blocks), k_end = StepBegin(p.k, j + 1, step_blocks), steps = Steps<Format>(k_end - k);
    const int64_t fitting = kItemsOfManyPanels / steps / kPanelWidth * kPanelWidth, columns = fitting < kPanelWidth ? kPanelWidth : fitting;
    for (int64_t first = 0; first < p.n; first += columns) {
      const int64_t end = first + columns < p.n ? first + columns : p.n;
      float* panels = ThreadScratch(ScratchSlot::kPanel, steps * (end - first + kPanelWidth));
      PackPanels<Format>(Part{p.b, k, k_end - k, first, end - first}, panels);
      for (int64_t i = 0; i < pieces; ++i) {
        const int64_t row = p.m * i / pieces, row_end = p.m * (i + 1) / pieces;
        const Part a{p.a, k, k_end - k, row, row_end - row};
        Tile tile{};
        tile.c_stride = p.c_stride;
        tile.accumulate = p.accumulate || j > 0;
        MultiplyGroup<Format, false>(p, a, PlaceA<Format>(a, p.n), Group{first, end, panels}, j == 0 ? p.bias : nullptr, tile);
      }
    }
  }
}

/// The whole product on the calling thread.
template <typename Format>
static void MultiplyInBlocks(const MatMul& p) {
  if (IsLong(p)) return MultiplyInPieces<Format>(p);
  const int64_t step_blocks = StepBlocks(p.k);
  const int64_t row_blocks = Blocks(p.m, kNumbersOfBlock * step_blocks / p.k);
  for (int64_t i = 0; i < row_blocks; ++i) {
    const int64_t row = p.m * i / row_blocks, row_end = p.m * (i + 1) / row_blocks;
    for (int64_t j = 0; j < step_blocks; ++j) {
      const int64_t k = StepBegin(p.k, j, step_blocks), k_end = StepBegin(p.k, j + 1, step_blocks);
      MultiplyBlock<Format>(p, Part{p.a, k, k_end - k, row, row_end - row}, j == 0);
    }
  }
}

/// Panels for columns that are taken from `ranges`, one range after the other; a panel may span two ranges.
template <typename Format>
static void PackColumns(const Factor& b, int64_t k, const ColumnRange* ranges, int range_count, int64_t n, float* out,
                        float* strip) {
  // The ranges are gathered first, one panel's columns at a time, when they do not fill a panel alone.
  int range = 0;
  int64_t used = 0;
  for (int64_t column = 0; column < n; column += kPanelWidth) {
    const int64_t columns = n - column < kPanelWidth ? n - column : kPanelWidth;
    if (ranges[range].count - used >= columns) {
      PackPanels<Format>(Part{b, 0, k, ranges[range].first + used, columns}, out);
      used += columns;
    } else {
      for (int64_t i = 0; i < columns; ++i, ++used) {
        while (used == ranges[range].count) ++range, used = 0;
        const int64_t from = ranges[range].first + used;
        const float* source = b.transposed ? b.data + from * b.stride : b.data + from;
        const int64_t step = b.transposed ? 1 : b.stride;
        for (int64_t s = 0; s < k; ++s) strip[s * kPanelWidth + i] = source[s * step];
      }
      PackPanels<Format>(Part{Factor{strip, kPanelWidth, false}, 0, k, 0, columns}, out);
    }
    while (range + 1 < range_count && used == ranges[range].count) ++range, used = 0;
    out += Steps<Format>(k) * PanelWidth(columns);
  }
}

/// C (+)= A by panels that PackColumns made.
template <typename Format>
static void MultiplyPacked(const MatMul& p, const float* panels) {
  const Part a{p.a, 0, p.k, 0, p.m};
  Tile tile{};
  tile.c_stride = p.c_stride;
  tile.accumulate = p.accumulate;
  MultiplyGroup<Format, false>(p, a, PlaceA<Format>(a, p.n), Group{0, p.n, panels}, nullptr, tile);
}

}  // namespace UNROLL_TARGET
}  // namespace unroll
