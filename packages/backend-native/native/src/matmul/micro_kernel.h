// The innermost loop of our own matrix product, one part for each target like simd.h: a tile of C stays in registers
// while a strip of A and a panel of B pass by. No include guard: included once for each target by gemm.h.

namespace unroll {
namespace UNROLL_TARGET {

// A tile is kTileRows x (kTileVectors * kLanes): the largest that leaves registers for a row of B and one number of A.
constexpr int kTileVectors = 2;
#if defined(UNROLL_TARGET_AVX512) || defined(__aarch64__)
constexpr int kTileRows = 12;  // 32 registers
#else
constexpr int kTileRows = 6;  // 16 registers
#endif
constexpr int kPanelWidth = kTileVectors * kLanes;
/// Products of so few rows read each number of B once; they take wide strips of B as it lies in memory.
constexpr int kFewRows = 3;
constexpr int kWideVectors = UNROLL_VECTOR_BYTES == 64 || kTileRows == 12 ? 8 : 4;

/// One tile. Element (i, s) of A is a[i * a_row + s * a_step], row s of B is at b + s * b_step, for s < steps.
/// The b rows are full vectors; `columns` of them are wanted.
struct Tile {
  int64_t steps;
  const float* a;
  int64_t a_row, a_step;
  const float* b;
  int64_t b_step;
  float* c;
  int64_t c_stride;
  int columns;
  const float* bias;
  bool accumulate;
};

template <int kRows, int kVectors>
static UNROLL_INLINE void StoreTile(const Tile& tile, Floats (&sum)[kRows][kVectors]) {
#pragma GCC unroll 8
  for (int v = 0; v < kVectors; ++v) {
    const int left = tile.columns - v * kLanes;
    if (left <= 0) return;
    const Floats bias = tile.bias == nullptr ? Broadcast(0.0f) : LoadUpTo(tile.bias + v * kLanes, left);
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      float* c = tile.c + i * tile.c_stride + v * kLanes;
      Floats value = sum[i][v] + bias;
      if (tile.accumulate) value += LoadUpTo(c, left);
      StoreUpTo(c, value, left);
    }
  }
}

/// `Format::Dot` multiplies one 4-byte item of A by a vector of items of B: a float, or two bfloat16 numbers.
template <typename Format, int kRows, int kVectors, bool kTransposedA>
static void MultiplyTile(const Tile& tile) {
  Floats sum[kRows][kVectors];
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) sum[i][v] = Broadcast(0.0f);
  // Four rows share a pointer: their distances are multiples that an address can hold, so few registers are needed.
  constexpr int kGroups = (kRows + 3) / 4;
  const int64_t a_row = kTransposedA ? 1 : tile.a_row, a_step = kTransposedA ? tile.a_step : 1;
  const int64_t three_rows = 3 * a_row;
  const float* a[kGroups];
  for (int g = 0; g < kGroups; ++g) a[g] = tile.a + 4 * g * a_row;
  const float* b = tile.b;
  const int64_t b_step = tile.b_step;
  for (int64_t s = tile.steps; s > 0; --s) {
    Floats row[kVectors];
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) row[v] = Load(b + v * kLanes);
    b += b_step;
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      const int64_t distance = i % 4 == 3 ? three_rows : (i % 4) * a_row;
      const Floats item = Broadcast(a[i / 4][distance]);
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) sum[i][v] = Format::Dot(item, row[v], sum[i][v]);
    }
#pragma GCC unroll 4
    for (int g = 0; g < kGroups; ++g) a[g] += a_step;
  }
  StoreTile<kRows, kVectors>(tile, sum);
}

using TileFunction = void (*)(const Tile&);

template <typename Format, int kVectors, bool kTransposedA, int kRows = kTileRows>
static TileFunction ChooseTile(int rows) {
  if constexpr (kRows == 1) {
    return &MultiplyTile<Format, 1, kVectors, kTransposedA>;
  } else {
    if (rows == kRows) return &MultiplyTile<Format, kRows, kVectors, kTransposedA>;
    return ChooseTile<Format, kVectors, kTransposedA, kRows - 1>(rows);
  }
}

/// Row `block` of `blocks` even blocks begins here: two tiles of 10 rows keep more sums in flight than 12 and 8.
static UNROLL_INLINE int64_t TileBegin(int64_t rows, int64_t block, int64_t blocks) { return rows * block / blocks; }
static UNROLL_INLINE int64_t TileBlocks(int64_t rows) { return (rows + kTileRows - 1) / kTileRows; }

/// One tile of `rows` rows (at most kTileRows) by one panel of `width` columns.
template <typename Format, bool kTransposedA>
static UNROLL_INLINE void MultiplyOneTile(const Tile& tile, int64_t rows, int64_t width) {
  const int count = static_cast<int>(rows);
  const TileFunction multiply = width > kLanes ? ChooseTile<Format, kTileVectors, kTransposedA>(count)
                                               : ChooseTile<Format, 1, kTransposedA>(count);
  multiply(tile);
}

}  // namespace UNROLL_TARGET
}  // namespace unroll
