// Products of one to kFewRows rows (a single sequence, one step of decoding): B is read once, so nothing is packed and
// the time is that of reading B. Float32 in either precision, since rounding would cost more than it saves. Included by gemm.h's users.

namespace unroll {
namespace UNROLL_TARGET {

template <int kRows>
static TileFunction WideTile(bool transposed_a) {
  return transposed_a ? &MultiplyTile<Float32Format, kRows, kWideVectors, true>
                      : &MultiplyTile<Float32Format, kRows, kWideVectors, false>;
}

/// B in order: strips of kWideVectors vectors, all inner indices at once; what is left over goes the usual way.
static void MultiplyFewRowsInOrder(const MatMul& p) {
  constexpr int64_t kWide = kWideVectors * kLanes;
  const TileFunction multiply = p.m == 1 ? WideTile<1>(p.a.transposed) : p.m == 2 ? WideTile<2>(p.a.transposed) : WideTile<3>(p.a.transposed);
  Tile tile{};
  tile.steps = p.k;
  tile.a = p.a.data;
  tile.a_row = p.a.transposed ? 1 : p.a.stride;
  tile.a_step = p.a.transposed ? p.a.stride : 1;
  tile.b_step = p.b.stride;
  tile.c_stride = p.c_stride;
  tile.columns = kWide;
  tile.accumulate = p.accumulate;
  int64_t column = 0;
  for (; column + kWide <= p.n; column += kWide) {
    tile.b = p.b.data + column;
    tile.c = p.c + column;
    tile.bias = p.bias == nullptr ? nullptr : p.bias + column;
    multiply(tile);
  }
  if (column == p.n) return;
  MatMul rest = p;
  rest.n = p.n - column;
  rest.b.data += column;
  rest.c += column;
  if (rest.bias != nullptr) rest.bias += column;
  MultiplyInBlocks<Float32Format>(rest);
}

/// kRows x kColumns scalar products of rows of A with stored rows of B.
template <int kRows, int kColumns>
static void MultiplyRowsByRows(const MatMul& p, int64_t column) {
  Floats sum[kRows][kColumns];
  for (int i = 0; i < kRows; ++i)
    for (int j = 0; j < kColumns; ++j) sum[i][j] = Broadcast(0.0f);
  const float* b = p.b.data + column * p.b.stride;
  for (int64_t k = 0; k < p.k; k += kLanes) {
    Floats a[kRows];
    for (int i = 0; i < kRows; ++i) a[i] = LoadUpTo(p.a.data + i * p.a.stride + k, p.k - k);
    for (int j = 0; j < kColumns; ++j) {
      const Floats item = LoadUpTo(b + j * p.b.stride + k, p.k - k);
      for (int i = 0; i < kRows; ++i) sum[i][j] = MultiplyAdd(a[i], item, sum[i][j]);
    }
  }
  for (int i = 0; i < kRows; ++i)
    for (int j = 0; j < kColumns; ++j) {
      float* c = p.c + i * p.c_stride + column + j;
      const float bias = p.bias == nullptr ? 0.0f : p.bias[column + j];
      *c = SumLanes(sum[i][j]) + bias + (p.accumulate ? *c : 0.0f);
    }
}

template <int kRows>
static void MultiplyFewRowsTurned(const MatMul& p) {
  int64_t column = 0;
  for (; column + 4 <= p.n; column += 4) MultiplyRowsByRows<kRows, 4>(p, column);
  for (; column < p.n; ++column) MultiplyRowsByRows<kRows, 1>(p, column);
}

/// True if this file's way fits the product, which is then done.
static bool MultiplyFewRows(const MatMul& p) {
  if (p.m > kFewRows) return false;
  if (!p.b.transposed) {
    MultiplyFewRowsInOrder(p);
    return true;
  }
  if (p.a.transposed) return false;  // neither factor lies in the order in which it is read
  if (p.m == 1) {
    MultiplyFewRowsTurned<1>(p);
  } else if (p.m == 2) {
    MultiplyFewRowsTurned<2>(p);
  } else {
    MultiplyFewRowsTurned<3>(p);
  }
  return true;
}

}  // namespace UNROLL_TARGET
}  // namespace unroll
