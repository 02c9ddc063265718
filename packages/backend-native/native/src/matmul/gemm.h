// Our own matrix product on one thread, one part for each target; portable.cc and portable_bfloat16.cc include it.
//
// C is computed panel by panel: a panel of B (kBlockSteps x kPanelWidth numbers) is packed into the first-level cache,
// then all rows of a block of A, which stays in the second-level cache, are multiplied by it.

#include "matmul/micro_kernel.h"
#include "matmul/transpose_tile.h"
#include "matmul/formats.h"
#if defined(UNROLL_TARGET_BFLOAT16)
#include "matmul/pair_format.h"
#endif

namespace unroll {
namespace UNROLL_TARGET {

constexpr int64_t kBlockSteps = 320;           // 40 KB of B
constexpr int64_t kBlockNumbersOfA = 96 * 1024;  // 384 KB, less than half of a usual second-level cache

static inline int64_t Blocks(int64_t count, int64_t largest) { return count <= largest ? 1 : (count + largest - 1) / largest; }
static inline int PanelWidth(int64_t columns) { return columns > kLanes ? kPanelWidth : kLanes; }

/// Points the tile at rows of A, rewritten first if the format wants it.
template <typename Format>
static void PlaceA(const Part& a, Tile& tile) {
  tile.steps = Format::Steps(a.k);
  if constexpr (Format::kRewritesA) {
    float* out = ThreadScratch(ScratchSlot::kRows, a.count * tile.steps);
    Format::RewriteA(a, out);
    tile.a = out;
    tile.a_row = a.factor.transposed ? 1 : tile.steps;
    tile.a_step = a.factor.transposed ? a.count : 1;
  } else if (a.factor.transposed) {
    tile.a = a.factor.data + a.k0 * a.factor.stride + a.first;
    tile.a_row = 1;
    tile.a_step = a.factor.stride;
  } else {
    tile.a = a.factor.data + a.first * a.factor.stride + a.k0;
    tile.a_row = a.factor.stride;
    tile.a_step = 1;
  }
}

/// One block of A (all of `a`) by all columns of B, into the rows of C that belong to it.
template <typename Format>
static void MultiplyBlock(const MatMul& p, const Part& a, bool first_steps) {
  Tile tile{};
  PlaceA<Format>(a, tile);
  tile.c_stride = p.c_stride;
  tile.accumulate = p.accumulate || !first_steps;
  // Read once, B need not be reordered: only a panel that is not full must be (the micro-kernel reads whole vectors).
  const bool read_in_place = !Format::kRewritesA && !p.b.transposed && a.count <= kTileRows;
  float* panel = ThreadScratch(ScratchSlot::kPanel, tile.steps * kPanelWidth);
  for (int64_t column = 0; column < p.n; column += kPanelWidth) {
    const int64_t columns = p.n - column < kPanelWidth ? p.n - column : kPanelWidth;
    const int width = PanelWidth(columns);
    if (read_in_place && columns == width) {
      tile.b = p.b.data + a.k0 * p.b.stride + column;
      tile.b_step = p.b.stride;
    } else {
      Format::PackPanel(Part{p.b, a.k0, a.k, column, columns}, width, panel);
      tile.b = panel;
      tile.b_step = width;
    }
    tile.c = p.c + a.first * p.c_stride + column;
    tile.columns = static_cast<int>(columns);
    tile.bias = first_steps && p.bias != nullptr ? p.bias + column : nullptr;
    if (p.a.transposed) {
      MultiplyPanel<Format, true>(tile, a.count, width);
    } else {
      MultiplyPanel<Format, false>(tile, a.count, width);
    }
  }
}

/// The whole product on the calling thread.
template <typename Format>
static void MultiplyInBlocks(const MatMul& p) {
  const int64_t step_blocks = Blocks(p.k, kBlockSteps);
  const int64_t row_blocks = Blocks(p.m, kBlockNumbersOfA / (p.k < kBlockSteps ? p.k : kBlockSteps));
  for (int64_t i = 0; i < row_blocks; ++i) {
    const int64_t row = p.m * i / row_blocks, row_end = p.m * (i + 1) / row_blocks;
    for (int64_t j = 0; j < step_blocks; ++j) {
      // Even bounds, so that pairs of steps stay together.
      const int64_t k = p.k * j / step_blocks & ~1, k_end = j + 1 == step_blocks ? p.k : p.k * (j + 1) / step_blocks & ~1;
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
    const int width = PanelWidth(columns);
    if (ranges[range].count - used >= columns) {
      Format::PackPanel(Part{b, 0, k, ranges[range].first + used, columns}, width, out);
      used += columns;
    } else {
      for (int64_t i = 0; i < columns; ++i, ++used) {
        while (used == ranges[range].count) ++range, used = 0;
        const int64_t from = ranges[range].first + used;
        const float* source = b.transposed ? b.data + from * b.stride : b.data + from;
        const int64_t step = b.transposed ? 1 : b.stride;
        for (int64_t s = 0; s < k; ++s) strip[s * kPanelWidth + i] = source[s * step];
      }
      Format::PackPanel(Part{Factor{strip, kPanelWidth, false}, 0, k, 0, columns}, width, out);
    }
    while (range + 1 < range_count && used == ranges[range].count) ++range, used = 0;
    out += Format::Steps(k) * width;
  }
}

/// C (+)= A by panels that PackColumns made.
template <typename Format>
static void MultiplyPacked(const MatMul& p, const float* panels) {
  Tile tile{};
  PlaceA<Format>(Part{p.a, 0, p.k, 0, p.m}, tile);
  tile.c_stride = p.c_stride;
  tile.accumulate = p.accumulate;
  for (int64_t column = 0; column < p.n; column += kPanelWidth) {
    const int64_t columns = p.n - column < kPanelWidth ? p.n - column : kPanelWidth;
    const int width = PanelWidth(columns);
    tile.b = panels;
    tile.b_step = width;
    tile.c = p.c + column;
    tile.columns = static_cast<int>(columns);
    MultiplyPanel<Format, false>(tile, p.m, width);
    panels += tile.steps * width;
  }
}

}  // namespace UNROLL_TARGET
}  // namespace unroll
