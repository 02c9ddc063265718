#include <cstring>
#include <vector>

#include "kernels/attention/row_sums.h"
#include "kernels/column_sum.h"
#include "parallel/thread_pool.h"
#include "unroll/attention.h"
#include "unroll/matmul.h"
#include "unroll/profile.h"

namespace unroll {
namespace {

// From so many queries on the products of a sequence are matrix products; fewer read keys and values row by row.
constexpr int64_t kQueriesOfAProduct = 4;

/// [Q or S, B, width]: the matrix of sequence b begins at data + b * width, its rows `stride` apart.
struct PerSequence {
  const float* data;
  int64_t width;  // from one sequence to the next
  int64_t stride(const AttentionMemory& memory) const { return memory.batch_size * width; }
};

/// C[m, n] = A * B of every sequence.
struct SequenceProducts {
  int64_t m, n, k;
  PerSequence a;
  bool transpose_a;
  PerSequence b;
  bool transpose_b;
  float* c;
  int64_t c_width;
};
void MultiplySequences(const AttentionMemory& memory, const SequenceProducts& p) {
  MatMulBatch batch;
  batch.product.m = p.m, batch.product.n = p.n, batch.product.k = p.k;
  batch.product.a = Factor{p.a.data, p.a.stride(memory), p.transpose_a};
  batch.product.b = Factor{p.b.data, p.b.stride(memory), p.transpose_b};
  batch.product.c = p.c;
  batch.product.c_stride = memory.batch_size * p.c_width;
  batch.batch = memory.batch_size;
  batch.a_batch_stride = p.a.width, batch.b_batch_stride = p.b.width, batch.c_batch_stride = p.c_width;
  MultiplyBatch(batch);
}

/// Rows of queries, so that those of one sequence follow each other and its keys stay near: body(q, b).
template <typename Body>
void ForEachQuery(const AttentionMemory& memory, int64_t queries, int64_t work, Body&& body) {
  const int64_t grain = (1 << 13) / (memory.source_steps * work + 1) + 1;
  ParallelFor(memory.batch_size * queries, grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) body(i % queries, i / queries);
  });
}

/// The queries of step q, as rows of the batch.
AttentionStep StepOf(const AttentionMemory& memory, const AttentionForward& forward, int64_t q) {
  const int64_t row = q * memory.batch_size;
  AttentionStep step;
  step.query = forward.query + row * memory.size;
  step.score_bias = forward.score_bias == nullptr ? nullptr : forward.score_bias + row * memory.source_steps;
  step.weights = forward.weights + row * memory.source_steps;
  step.context = forward.context + row * memory.width;
  step.context_stride = memory.width;
  return step;
}

AttentionStepBack StepBackOf(const AttentionMemory& memory, const AttentionBackward& backward, int64_t q) {
  const int64_t row = q * memory.batch_size;
  AttentionStepBack step;
  step.query = backward.query + row * memory.size;
  step.weights = backward.weights + row * memory.source_steps;
  step.d_context = backward.d_context + row * memory.width;
  step.d_context_stride = memory.width;
  step.d_weights = backward.d_weights == nullptr ? nullptr : backward.d_weights + row * memory.source_steps;
  step.d_scores = backward.d_scores + row * memory.source_steps;
  step.d_query = backward.d_query + row * memory.size;
  return step;
}

SourceRows KeysOf(const AttentionMemory& memory, int64_t b) {
  return {memory.keys + b * memory.size, memory.batch_size * memory.size, memory.Length(b), memory.size};
}

/// Additive scores one by one, or the products of all queries; then their softmax.
void ComputeWeights(const AttentionMemory& memory, const AttentionForward& forward) {
  const profile::Span span("scores");
  const bool additive = memory.score == AttentionScore::kAdditive;
  const int64_t s_size = memory.source_steps, a_size = memory.size;
  if (!additive)
    MultiplySequences(memory, {forward.queries, s_size, a_size, {forward.query, a_size}, false, {memory.keys, a_size}, true,
                               forward.weights, s_size});
  ForEachQuery(memory, forward.queries, additive ? a_size : 1, [&](int64_t q, int64_t b) {
    const int64_t row = q * memory.batch_size + b;
    float* weights = forward.weights + row * s_size;
    if (additive) AdditiveScores(KeysOf(memory, b), forward.query + row * a_size, memory.score_vector, weights);
    const float* bias = forward.score_bias == nullptr ? nullptr : forward.score_bias + row * s_size;
    SoftmaxOfScores({memory.Length(b), s_size, additive ? 1.0f : memory.scale, bias}, weights);
  });
}

/// The gradient of the scores, in `d_scores`.
void ComputeScoreGradients(const AttentionMemory& memory, const AttentionBackward& backward) {
  const profile::Span span("scores, back");
  const int64_t s_size = memory.source_steps, width = memory.width;
  MultiplySequences(memory, {backward.queries, s_size, width, {backward.d_context, width}, false, {memory.values, width}, true,
                             backward.d_scores, s_size});
  ForEachQuery(memory, backward.queries, 1, [&](int64_t q, int64_t b) {
    const int64_t first = (q * memory.batch_size + b) * s_size;
    float* d_scores = backward.d_scores + first;
    for (int64_t s = 0; backward.d_weights != nullptr && s < s_size; ++s) d_scores[s] += backward.d_weights[first + s];
    SoftmaxGradientOfScores(backward.weights + first, memory.Length(b), s_size, d_scores);
  });
}

/// Gradients of query, keys and score vector; threads share out sequences, or units where there are few sequences.
void AdditiveGradients(const AttentionMemory& memory, const AttentionBackward& backward, bool has_score_gradients) {
  const profile::Span span("keys, back");
  const int64_t a_size = memory.size, b_size = memory.batch_size;
  std::vector<float> of_sequences(static_cast<size_t>(b_size * a_size), 0.0f);
  std::memset(backward.d_keys, 0, static_cast<size_t>(memory.source_steps * b_size * a_size) * sizeof(float));
  const int64_t units = has_score_gradients && b_size < 16 ? 64 : a_size;
  const int64_t blocks = (a_size + units - 1) / units;
  const int64_t grain = (1 << 13) / (memory.source_steps * backward.queries * units + 1) + 1;
  ParallelFor(b_size * blocks, grain, [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i) {
      const int64_t b = i / blocks, begin = i % blocks * units, end = begin + units < a_size ? begin + units : a_size;
      for (int64_t q = 0; q < backward.queries; ++q) {
        AttentionStepBack step = StepBackOf(memory, backward, q);
        step.d_keys = backward.d_keys, step.d_score_vector = of_sequences.data();
        if (!has_score_gradients) {
          AttendRowsBack(memory, step, b, b + 1);
          continue;
        }
        AddAdditiveGradients(KeysOf(memory, b),
                             {step.query + b * a_size, memory.score_vector, step.d_scores + b * memory.source_steps,
                              step.d_query + b * a_size, step.d_keys + b * a_size, step.d_score_vector + b * a_size},
                             begin, end);
      }
    }
  });
  ColumnSum(of_sequences.data(), b_size, a_size, backward.d_score_vector);
}

/// d_query = scale * d_scores * keys.
void DotGradients(const AttentionMemory& memory, const AttentionBackward& backward) {
  const profile::Span span("query, back");
  const int64_t s_size = memory.source_steps, a_size = memory.size;
  MultiplySequences(memory, {backward.queries, a_size, s_size, {backward.d_scores, s_size}, false, {memory.keys, a_size}, false,
                             backward.d_query, a_size});
  if (memory.scale == 1.0f) return;
  ForEachQuery(memory, backward.queries, a_size, [&](int64_t q, int64_t b) {
    float* d_query = backward.d_query + (q * memory.batch_size + b) * a_size;
    for (int64_t a = 0; a < a_size; ++a) d_query[a] *= memory.scale;
  });
}

}  // namespace

Status Attention(const AttentionMemory& memory, const AttentionForward& forward) {
  UNROLL_RETURN_IF_ERROR(CheckAttention(memory));
  if (forward.queries < kQueriesOfAProduct) {
    const profile::Span span("attend");
    ForEachQuery(memory, forward.queries, memory.size + memory.width,
                 [&](int64_t q, int64_t b) { AttendRows(memory, StepOf(memory, forward, q), b, b + 1); });
    return Status::Ok();
  }
  ComputeWeights(memory, forward);
  const profile::Span span("contexts");
  MultiplySequences(memory, {forward.queries, memory.width, memory.source_steps, {forward.weights, memory.source_steps}, false,
                             {memory.values, memory.width}, false, forward.context, memory.width});
  return Status::Ok();
}

Status AttentionGradient(const AttentionMemory& memory, const AttentionBackward& backward) {
  UNROLL_RETURN_IF_ERROR(CheckAttention(memory));
  const bool many = backward.queries >= kQueriesOfAProduct;
  if (many) ComputeScoreGradients(memory, backward);
  if (memory.score == AttentionScore::kAdditive) {
    AdditiveGradients(memory, backward, many);
  } else if (many) {
    DotGradients(memory, backward);
  } else {
    ForEachQuery(memory, backward.queries, memory.size + memory.width,
                 [&](int64_t q, int64_t b) { AttendRowsBack(memory, StepBackOf(memory, backward, q), b, b + 1); });
  }
  AttentionGradients all;
  all.queries = backward.queries, all.query = backward.query, all.weights = backward.weights;
  all.d_scores = backward.d_scores, all.d_context = backward.d_context, all.d_context_stride = memory.width;
  all.d_keys = backward.d_keys, all.d_values = backward.d_values;
  AttendGradients(memory, all);
  return Status::Ok();
}

}  // namespace unroll
