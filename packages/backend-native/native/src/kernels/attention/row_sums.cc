#include "kernels/attention/row_sums.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/attention/row_sums.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"
#include "unroll/vector_math.h"

namespace unroll {
namespace UNROLL_TARGET {

// Rows are taken four at a time, so that what they share (a query, a sum) is read and written once for all of them.

template <int kRows>
static UNROLL_INLINE void ProductsOf(const SourceRows& rows, int64_t first, const float* x, float* out) {
  const float* row = rows.data + first * rows.stride;
  Floats sums[kRows] = {};
  for (int64_t i = 0; i < rows.size; i += kLanes) {
    const int64_t left = rows.size - i;
    const Floats shared = LoadUpTo(x + i, left);
    for (int r = 0; r < kRows; ++r) sums[r] = MultiplyAdd(shared, LoadUpTo(row + r * rows.stride + i, left), sums[r]);
  }
  for (int r = 0; r < kRows; ++r) out[first + r] = SumLanes(sums[r]);
}

void Products(const SourceRows& rows, const float* x, float* out) {
  int64_t s = 0;
  for (; s + 4 <= rows.count; s += 4) ProductsOf<4>(rows, s, x, out);
  for (; s < rows.count; ++s) ProductsOf<1>(rows, s, x, out);
}

template <int kRows>
static UNROLL_INLINE void AddRows(const SourceRows& rows, int64_t first, const float* weights, float* out) {
  const float* row = rows.data + first * rows.stride;
  for (int64_t i = 0; i < rows.size; i += kLanes) {
    const int64_t left = rows.size - i;
    Floats sum = first == 0 ? Floats{} : LoadUpTo(out + i, left);
    for (int r = 0; r < kRows; ++r) sum = MultiplyAdd(Broadcast(weights[first + r]), LoadUpTo(row + r * rows.stride + i, left), sum);
    StoreUpTo(out + i, sum, left);
  }
}

void WeightedSum(const SourceRows& rows, const float* weights, float* out) {
  if (rows.count == 0) __builtin_memset(out, 0, static_cast<size_t>(rows.size) * sizeof(float));
  int64_t s = 0;
  for (; s + 4 <= rows.count; s += 4) AddRows<4>(rows, s, weights, out);
  for (; s < rows.count; ++s) AddRows<1>(rows, s, weights, out);
}

void Additive(const SourceRows& rows, const float* query, const float* v, float* out) {
  for (int64_t s = 0; s < rows.count; ++s) {
    const float* row = rows.data + s * rows.stride;
    Floats sum = {};
    for (int64_t i = 0; i < rows.size; i += kLanes) {
      const int64_t left = rows.size - i;
      sum = MultiplyAdd(LoadUpTo(v + i, left), Tanh(LoadUpTo(query + i, left) + LoadUpTo(row + i, left)), sum);
    }
    out[s] = SumLanes(sum);
  }
}

void AdditiveBack(const SourceRows& rows, const AdditiveGradient& g, int64_t begin, int64_t end) {
  __builtin_memset(g.d_query + begin, 0, static_cast<size_t>(end - begin) * sizeof(float));
  for (int64_t s = 0; s < rows.count; ++s) {
    const float* row = rows.data + s * rows.stride;
    float* d_row = g.d_rows + s * rows.stride;
    const Floats d_score = Broadcast(g.d_scores[s]);
    for (int64_t i = begin; i < end; i += kLanes) {
      const int64_t left = end - i;
      const Floats t = Tanh(LoadUpTo(g.query + i, left) + LoadUpTo(row + i, left));
      const Floats d_sum = d_score * LoadUpTo(g.v + i, left) * (1.0f - t * t);
      StoreUpTo(g.d_query + i, LoadUpTo(g.d_query + i, left) + d_sum, left);
      StoreUpTo(d_row + i, LoadUpTo(d_row + i, left) + d_sum, left);
      StoreUpTo(g.d_v + i, MultiplyAdd(d_score, t, LoadUpTo(g.d_v + i, left)), left);
    }
  }
}

void SoftmaxScores(const ScoreRow& row, float* x) {
  float maximum = -__builtin_inff();
  for (int64_t s = 0; s < row.count; ++s) {
    x[s] = row.scale * x[s] + (row.bias == nullptr ? 0.0f : row.bias[s]);
    maximum = x[s] < maximum ? maximum : x[s];  // NaN passes
  }
  if (maximum == -__builtin_inff()) {
    __builtin_memset(x, 0, static_cast<size_t>(row.width) * sizeof(float));
    return;
  }
  for (int64_t s = 0; s < row.count; s += kLanes)
    StoreUpTo(x + s, ExpUpToZero(LoadUpTo(x + s, row.count - s) - maximum), row.count - s);
  float sum = 0;
  for (int64_t s = 0; s < row.count; ++s) sum += x[s];
  const float scale = 1.0f / sum;
  for (int64_t s = 0; s < row.count; ++s) x[s] *= scale;
  for (int64_t s = row.count; s < row.width; ++s) x[s] = 0.0f;
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
void RowProducts(const SourceRows& rows, const float* x, float* out) { UNROLL_DISPATCH(Products)(rows, x, out); }

void WeightedRowSum(const SourceRows& rows, const float* weights, float* out) { UNROLL_DISPATCH(WeightedSum)(rows, weights, out); }

void AdditiveScores(const SourceRows& rows, const float* query, const float* v, float* out) {
  UNROLL_DISPATCH(Additive)(rows, query, v, out);
}

void AddAdditiveGradients(const SourceRows& rows, const AdditiveGradient& gradient, int64_t begin, int64_t end) {
  UNROLL_DISPATCH(AdditiveBack)(rows, gradient, begin, end);
}

void SoftmaxOfScores(const ScoreRow& row, float* x) { UNROLL_DISPATCH(SoftmaxScores)(row, x); }

void SoftmaxGradientOfScores(const float* weights, int64_t count, int64_t width, float* x) {
  float sum = 0;
  for (int64_t s = 0; s < count; ++s) sum += weights[s] * x[s];
  for (int64_t s = 0; s < count; ++s) x[s] = weights[s] * (x[s] - sum);
  for (int64_t s = count; s < width; ++s) x[s] = 0.0f;
}
#endif

}  // namespace unroll
