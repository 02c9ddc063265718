#ifndef UNROLL_KERNELS_ATTENTION_ROW_SUMS_H_
#define UNROLL_KERNELS_ATTENTION_ROW_SUMS_H_

#include <cstdint>

namespace unroll {

// What attention computes of one query and the rows of one sequence, on the calling thread.

/// `count` rows of `size` numbers, `stride` apart: the keys or values of one sequence.
struct SourceRows {
  const float* data;
  int64_t stride, count, size;
};

/// out[s] = x . rows_s
void RowProducts(const SourceRows& rows, const float* x, float* out);

/// out[size] = sum_s weights[s] rows_s
void WeightedRowSum(const SourceRows& rows, const float* weights, float* out);

/// out[s] = v . tanh(query + rows_s)
void AdditiveScores(const SourceRows& rows, const float* query, const float* v, float* out);

/// The gradients of AdditiveScores: those of the rows (`stride` apart as well) and of v are added to. Columns [begin, end) alone.
struct AdditiveGradient {
  const float* query;
  const float* v;
  const float* d_scores;
  float* d_query;
  float* d_rows;
  float* d_v;
};
void AddAdditiveGradients(const SourceRows& rows, const AdditiveGradient& gradient, int64_t begin, int64_t end);

/// Softmax of scale * x + bias, in place, over `count` of `width` numbers; the others become 0, and so does a row of nothing but
/// minus infinity.
struct ScoreRow {
  int64_t count, width;
  float scale;
  const float* bias;  // or null
};
void SoftmaxOfScores(const ScoreRow& row, float* x);

/// d_scores = weights (x - sum weights x), in place of x = d_weights; beyond `count` 0.
void SoftmaxGradientOfScores(const float* weights, int64_t count, int64_t width, float* x);

}  // namespace unroll

#endif  // UNROLL_KERNELS_ATTENTION_ROW_SUMS_H_
