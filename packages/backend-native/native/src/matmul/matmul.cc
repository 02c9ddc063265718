#include "unroll/matmul.h"

#include <algorithm>
#include <cstdio>

#include "matmul/engine.h"
#include "parallel/thread_pool.h"
#include "unroll/profile.h"
#include "unroll/target.h"

namespace unroll {
namespace {

// Below this many multiplications (about 10 microseconds) a second thread costs more than it saves.
constexpr int64_t kMultiplicationsForAThread = 400'000;
// A number of a factor costs about as much to fetch and reorder as this many multiplications of a tile.
constexpr int64_t kCostOfANumberOfA = 4, kCostOfANumberOfB = 24;

void MultiplyHere(const MatMul& p, Precision precision) {
#if UNROLL_ONEDNN
  if (onednn::Multiply(p, precision)) return;
#endif
  portable::Multiply(p, precision);
}

/// Rows [row, row_end) and columns [column, column_end) of the product.
MatMul Piece(const MatMul& p, int64_t row, int64_t row_end, int64_t column, int64_t column_end) {
  MatMul piece = p;
  piece.m = row_end - row;
  piece.n = column_end - column;
  piece.a.data += p.a.transposed ? row : row * p.a.stride;
  piece.b.data += p.b.transposed ? column * p.b.stride : column;
  piece.c += row * p.c_stride + column;
  if (p.bias != nullptr) piece.bias += column;
  return piece;
}

struct Grid {
  int rows, columns;
};

/// Divides C among `parts` threads so that the dearest piece is as cheap as possible.
Grid ChooseGrid(const MatMul& p, int parts) {
  Grid best{1, parts};
  int64_t best_cost = INT64_MAX;
  for (int rows = 1; rows <= parts; ++rows) {
    if (parts % rows != 0) continue;
    const int columns = parts / rows;
    const int64_t m = (p.m + rows - 1) / rows;
    const int64_t n = ((p.n + columns - 1) / columns + 15) / 16 * 16;
    const int64_t cost = m * n + kCostOfANumberOfA * m + kCostOfANumberOfB * n;
    if (cost < best_cost) best_cost = cost, best = Grid{rows, columns};
  }
  return best;
}

void FillWithBias(const MatMul& p) {
  if (p.accumulate && p.bias == nullptr) return;
  for (int64_t i = 0; i < p.m; ++i)
    for (int64_t j = 0; j < p.n; ++j) {
      float& c = p.c[i * p.c_stride + j];
      c = (p.accumulate ? c : 0.0f) + (p.bias == nullptr ? 0.0f : p.bias[j]);
    }
}

}  // namespace

void Multiply(const MatMul& p) {
  if (p.m <= 0 || p.n <= 0) return;
  if (p.k <= 0) return FillWithBias(p);
  const profile::Span span("product", p.m, p.n, p.k);
  const Precision precision = CurrentPrecision();
  const int parts = PartCount(p.m * p.n * p.k, kMultiplicationsForAThread);
  if (parts <= 1) return MultiplyHere(p, precision);
  const Grid grid = ChooseGrid(p, parts);
  ParallelRun(parts, [&](int part) {
    const int row = part / grid.columns, column = part % grid.columns;
    const int64_t row_begin = PartBegin(p.m, row, grid.rows), row_end = PartBegin(p.m, row + 1, grid.rows);
    // Columns in units of a vector, so that only the last piece has a ragged edge.
    const int64_t column_begin = PartBegin(p.n, column, grid.columns, 16), column_end = PartBegin(p.n, column + 1, grid.columns, 16);
    if (row_begin < row_end && column_begin < column_end)
      MultiplyHere(Piece(p, row_begin, row_end, column_begin, column_end), precision);
  });
}

void MultiplyOnThisThread(const MatMul& p) {
  if (p.m <= 0 || p.n <= 0) return;
  p.k > 0 ? MultiplyHere(p, CurrentPrecision()) : FillWithBias(p);
}

void MultiplyBatch(const MatMulBatch& batch) {
  const MatMul& first = batch.product;
  if (first.m <= 0 || first.n <= 0) return;
  const auto product = [&](int64_t i) {
    MatMul p = first;
    p.a.data += i * batch.a_batch_stride;
    p.b.data += i * batch.b_batch_stride;
    p.c += i * batch.c_batch_stride;
    return p;
  };
  // Few large products are divided one by one, many small ones are dealt out whole.
  if (batch.batch < 2 * ThreadCount()) {
    for (int64_t i = 0; i < batch.batch; ++i) Multiply(product(i));
    return;
  }
  const int64_t multiplications = std::max<int64_t>(1, first.m * first.n * first.k);
  ParallelFor(batch.batch, std::max<int64_t>(1, kMultiplicationsForAThread / multiplications), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) MultiplyOnThisThread(product(i));
  });
}

std::unique_ptr<PackedMatrix> Pack(const Factor& b, int64_t k, const ColumnRange* ranges, int range_count,
                                   int64_t expected_rows, Precision precision) {
  const profile::Span span("pack");
#if UNROLL_ONEDNN
  if (auto packed = onednn::Pack(b, k, ranges, range_count, expected_rows, precision)) return packed;
#endif
  (void)expected_rows;
  return portable::Pack(b, k, ranges, range_count, precision);
}

const char* MatMulName() {
  static thread_local char name[96];
#if UNROLL_ONEDNN
  std::snprintf(name, sizeof name, "%s, portable (%s)", onednn::Name(), TargetName());
#else
  std::snprintf(name, sizeof name, "portable (%s)", TargetName());
#endif
  return name;
}

}  // namespace unroll
