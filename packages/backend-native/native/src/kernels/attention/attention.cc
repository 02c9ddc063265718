#include <cstring>
#include <vector>

#include "kernels/attention/memory_rows.h"
#include "kernels/column_sum.h"
#include "parallel/thread_pool.h"
#include "unroll/matmul.h"
#include "unroll/profile.h"

namespace unroll {
namespace {

// From so many queries on the products of a sequence are matrix products; fewer read keys and values row by row.
constexpr int64_t kQueriesOfAProduct = 4;

/// Queries in such an order that those of one sequence follow each other and its rows stay near: body(row of [Q, B], b).
template <typename Body>
void ForEachQuery(const AttentionMemory& memory, int64_t queries, int64_t work, Body&& body) {
  const int64_t grain = (1 << 13) / (memory.source_steps * work + 1) + 1;
  ParallelFor(memory.batch_size * queries, grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) body(i % queries * memory.batch_size + i / queries, i / queries);
  });
}

/// A product of each sequence's rows of x [Q, B, k] with a matrix of its own, into c [Q, B, n].
struct QueryProducts {
  int64_t queries;
  const float* x;
  float* c;
};

void MultiplySequences(const AttentionMemory& memory, const QueryProducts& p, const Factor& first, int64_t k, int64_t n, int64_t stride) {
  MatMulBatch batch;
  batch.product.m = p.queries, batch.product.n = n, batch.product.k = k;
  batch.product.a = Factor{p.x, memory.batch_size * k, false};
  batch.product.b = first;
  batch.product.c = p.c;
  batch.product.c_stride = memory.batch_size * n;
  batch.batch = memory.batch_size;
  batch.a_batch_stride = k, batch.b_batch_stride = stride, batch.c_batch_stride = n;
  MultiplyBatch(batch);
}

using RowsOf = SourceRows (*)(const AttentionMemory&, int64_t);

/// c [Q, B, S] = x [Q, B, size] . keys or values; places past a length may stay as they were.
void MultiplyByRows(const AttentionMemory& memory, RowsOf rows_of, const QueryProducts& p) {
  if (memory.batch_size == 0) return;
  const SourceRows first = rows_of(memory, 0);
  const int64_t steps = memory.source_steps;
  if (p.queries >= kQueriesOfAProduct)
    return MultiplySequences(memory, p, Factor{first.data, first.stride, true}, first.size, steps, first.size);
  ForEachQuery(memory, p.queries, first.size, [&](int64_t row, int64_t b) { RowProducts(rows_of(memory, b), p.x + row * first.size, p.c + row * steps); });
}

/// c [Q, B, size] = the sum of keys or values, weighted by x [Q, B, S], which is 0 past a length.
void SumRows(const AttentionMemory& memory, RowsOf rows_of, const QueryProducts& p) {
  if (memory.batch_size == 0) return;
  const SourceRows first = rows_of(memory, 0);
  const int64_t steps = memory.source_steps;
  if (p.queries >= kQueriesOfAProduct)
    return MultiplySequences(memory, p, Factor{first.data, first.stride, false}, steps, first.size, first.size);
  ForEachQuery(memory, p.queries, first.size, [&](int64_t row, int64_t b) { WeightedRowSum(rows_of(memory, b), p.x + row * steps, p.c + row * first.size); });
}

void ComputeWeights(const AttentionMemory& memory, const AttentionForward& forward) {
  const profile::Span span("scores");
  const bool additive = memory.score == AttentionScore::kAdditive;
  const int64_t steps = memory.source_steps, size = memory.size;
  if (!additive) MultiplyByRows(memory, KeysOf, {forward.queries, forward.query, forward.weights});
  ForEachQuery(memory, forward.queries, additive ? size : 1, [&](int64_t row, int64_t b) {
    float* weights = forward.weights + row * steps;
    if (additive) AdditiveScores(KeysOf(memory, b), forward.query + row * size, memory.score_vector, weights);
    const float* bias = forward.score_bias == nullptr ? nullptr : forward.score_bias + row * steps;
    SoftmaxOfScores({memory.Length(b), steps, additive ? 1.0f : memory.scale, bias}, weights);
  });
}

void ComputeScoreGradients(const AttentionMemory& memory, const AttentionBackward& backward) {
  const profile::Span span("scores, back");
  const int64_t steps = memory.source_steps;
  MultiplyByRows(memory, ValuesOf, {backward.queries, backward.d_context, backward.d_scores});
  ForEachQuery(memory, backward.queries, 1, [&](int64_t row, int64_t b) {
    const int64_t length = memory.Length(b);
    float* d_scores = backward.d_scores + row * steps;
    for (int64_t s = 0; backward.d_weights != nullptr && s < length; ++s) d_scores[s] += backward.d_weights[row * steps + s];
    SoftmaxGradientOfScores(backward.weights + row * steps, length, steps, d_scores);
  });
}

/// Gradients of query, keys and score vector; threads share out sequences, or units where there are few sequences.
void AdditiveGradients(const AttentionMemory& memory, const AttentionBackward& backward) {
  const profile::Span span("keys, back");
  const int64_t size = memory.size, batch = memory.batch_size, steps = memory.source_steps;
  std::vector<float> of_sequences(static_cast<size_t>(batch * size), 0.0f);
  std::memset(backward.d_keys, 0, static_cast<size_t>(steps * batch * size) * sizeof(float));
  const int64_t units = batch < 16 ? 64 : size;
  const int64_t blocks = (size + units - 1) / units;
  const int64_t grain = (1 << 13) / (steps * backward.queries * units + 1) + 1;
  ParallelFor(batch * blocks, grain, [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i) {
      const int64_t b = i / blocks, begin = i % blocks * units, end = begin + units < size ? begin + units : size;
      for (int64_t row = b; row < backward.queries * batch; row += batch)
        AddAdditiveGradients(KeysOf(memory, b),
                             {backward.query + row * size, memory.score_vector, backward.d_scores + row * steps, backward.d_query + row * size,
                              backward.d_keys + b * size, of_sequences.data() + b * size},
                             begin, end);
    }
  });
  ColumnSum(of_sequences.data(), batch, size, backward.d_score_vector);
}

/// The gradient of the query: scale * d_scores * keys.
void DotGradients(const AttentionMemory& memory, const AttentionBackward& backward) {
  const profile::Span span("query, back");
  SumRows(memory, KeysOf, {backward.queries, backward.d_scores, backward.d_query});
  if (memory.scale == 1.0f) return;
  ParallelFor(backward.queries * memory.batch_size * memory.size, 1 << 15, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) backward.d_query[i] *= memory.scale;
  });
}

}  // namespace

Status Attention(const AttentionMemory& memory, const AttentionForward& forward) {
  UNROLL_RETURN_IF_ERROR(CheckAttention(memory));
  ComputeWeights(memory, forward);
  const profile::Span span("contexts");
  SumRows(memory, ValuesOf, {forward.queries, forward.weights, forward.context});
  return Status::Ok();
}

Status AttentionGradient(const AttentionMemory& memory, const AttentionBackward& backward) {
  UNROLL_RETURN_IF_ERROR(CheckAttention(memory));
  ComputeScoreGradients(memory, backward);
  if (memory.score == AttentionScore::kAdditive) {
    AdditiveGradients(memory, backward);
  } else {
    DotGradients(memory, backward);
  }
  AttentionGradients all;
  all.queries = backward.queries, all.query = backward.query, all.weights = backward.weights;
  all.d_scores = backward.d_scores, all.d_context = backward.d_context, all.d_context_stride = memory.width;
  all.d_keys = backward.d_keys, all.d_values = backward.d_values;
  AttendGradients(memory, all);
  return Status::Ok();
}

}  // namespace unroll
