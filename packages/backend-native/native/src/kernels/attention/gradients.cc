#include "parallel/thread_pool.h"
#include "unroll/attention.h"
#include "unroll/matmul.h"
#include "unroll/profile.h"

namespace unroll {
namespace {

/// Of each sequence: c_s = scale * sum_q weights_qs x_q, where x has rows of `width` numbers.
struct OuterSum {
  const float* weights;  // [Q, B, S]
  const float* x;        // [Q, B, width], rows `stride` apart
  int64_t stride, width;
  float scale;
  float* c;  // [S, B, width]
};

/// A single query: rows of its own multiples, which no matrix product would make faster.
void WriteMultiples(const AttentionMemory& memory, const OuterSum& sum) {
  const int64_t b_size = memory.batch_size, s_size = memory.source_steps, width = sum.width;
  ParallelFor(s_size * b_size, (1 << 14) / (width + 1) + 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t s = i / b_size, b = i % b_size;
      const float weight = sum.scale * sum.weights[b * s_size + s];
      const float* x = sum.x + b * sum.stride;
      float* c = sum.c + i * width;
      for (int64_t w = 0; w < width; ++w) c[w] = weight * x[w];
    }
  });
}

void WriteSums(const AttentionMemory& memory, int64_t queries, const OuterSum& sum) {
  if (queries == 1) return WriteMultiples(memory, sum);
  const int64_t b_size = memory.batch_size, s_size = memory.source_steps;
  MatMulBatch batch;
  batch.product.m = s_size, batch.product.n = sum.width, batch.product.k = queries;
  batch.product.a = Factor{sum.weights, b_size * s_size, true};
  batch.product.b = Factor{sum.x, b_size * sum.stride, false};
  batch.product.c = sum.c;
  batch.product.c_stride = b_size * sum.width;
  batch.batch = b_size;
  batch.a_batch_stride = s_size, batch.b_batch_stride = sum.stride, batch.c_batch_stride = sum.width;
  MultiplyBatch(batch);
  if (sum.scale == 1.0f) return;
  ParallelFor(s_size * b_size * sum.width, 1 << 15, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) sum.c[i] *= sum.scale;
  });
}

}  // namespace

void AttendGradients(const AttentionMemory& memory, const AttentionGradients& gradients) {
  const profile::Span span("memory, back");
  WriteSums(memory, gradients.queries,
            {gradients.weights, gradients.d_context, gradients.d_context_stride, memory.width, 1.0f, gradients.d_values});
  if (memory.score == AttentionScore::kDot)
    WriteSums(memory, gradients.queries,
              {gradients.d_scores, gradients.query, memory.size, memory.size, memory.scale, gradients.d_keys});
}

}  // namespace unroll
