#include "kernels/attention/memory_rows.h"

namespace unroll {

Status CheckAttention(const AttentionMemory& memory) {
  for (int64_t b = 0; memory.lengths != nullptr && b < memory.batch_size; ++b) {
    if (memory.lengths[b] >= 0 && memory.lengths[b] <= memory.source_steps) continue;
    return Status::Invalid("unroll: Attention: lengths[%lld] must be in [0, %lld] (the source's time steps), got %d",
                           static_cast<long long>(b), static_cast<long long>(memory.source_steps), memory.lengths[b]);
  }
  return Status::Ok();
}

void AttendRows(const AttentionMemory& memory, const AttentionStep& step, int64_t begin, int64_t end) {
  const int64_t s_size = memory.source_steps;
  const bool additive = memory.score == AttentionScore::kAdditive;
  for (int64_t b = begin; b < end; ++b) {
    const float* query = step.query + b * memory.size;
    float* weights = step.weights + b * s_size;
    const float* bias = step.score_bias == nullptr ? nullptr : step.score_bias + b * s_size;
    if (additive) {
      AdditiveScores(KeysOf(memory, b), query, memory.score_vector, weights);
    } else {
      RowProducts(KeysOf(memory, b), query, weights);
    }
    SoftmaxOfScores({memory.Length(b), s_size, additive ? 1.0f : memory.scale, bias}, weights);
    WeightedRowSum(ValuesOf(memory, b), weights, step.context + b * step.context_stride);
  }
}

void AttendRowsBack(const AttentionMemory& memory, const AttentionStepBack& step, int64_t begin, int64_t end) {
  const int64_t s_size = memory.source_steps, a_size = memory.size;
  for (int64_t b = begin; b < end; ++b) {
    const int64_t length = memory.Length(b);
    float* d_scores = step.d_scores + b * s_size;
    float* d_query = step.d_query + b * a_size;
    RowProducts(ValuesOf(memory, b), step.d_context + b * step.d_context_stride, d_scores);
    if (step.d_weights != nullptr)
      for (int64_t s = 0; s < length; ++s) d_scores[s] += step.d_weights[b * s_size + s];
    SoftmaxGradientOfScores(step.weights + b * s_size, length, s_size, d_scores);
    if (memory.score == AttentionScore::kAdditive) {
      AddAdditiveGradients(KeysOf(memory, b),
                           {step.query + b * a_size, memory.score_vector, d_scores, d_query, step.d_keys + b * a_size,
                            step.d_score_vector + b * a_size},
                           0, a_size);
    } else {
      WeightedRowSum(KeysOf(memory, b), d_scores, d_query);
      for (int64_t a = 0; a < a_size; ++a) d_query[a] *= memory.scale;
    }
  }
}

}  // namespace unroll
