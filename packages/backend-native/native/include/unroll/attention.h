#ifndef UNROLL_ATTENTION_H_
#define UNROLL_ATTENTION_H_

#include <cstdint>

#include "unroll/status.h"

namespace unroll {

// Attention of Q queries a sequence over S source time steps of B sequences: of query q and sequence b,
//
//   additive: e_s = v . tanh(query + keys_s) + bias_s          dot: e_s = scale * (query . keys_s) + bias_s
//   weights = softmax(e)                                       context = sum_s weights_s values_s
//
// with A numbers in a query and in a key, W in a value. Places past a sequence's length, and those whose bias is minus infinity,
// have weight 0; where no place is left weights and context are 0, and no gradient comes from there. tanh(query + keys) is not kept:
// computing it again takes less time than reading it.

enum class AttentionScore { kAdditive, kDot };

/// What is attended to.
struct AttentionMemory {
  int64_t source_steps = 0, batch_size = 0, size = 0, width = 0;
  AttentionScore score = AttentionScore::kAdditive;
  float scale = 1;                      // of kDot
  const float* keys = nullptr;          // [S, B, A]
  const float* values = nullptr;        // [S, B, W]
  const float* score_vector = nullptr;  // v [A], of kAdditive
  const int32_t* lengths = nullptr;     // [B], each 0 ... S; all S when null

  int64_t Length(int64_t b) const { return lengths == nullptr ? source_steps : lengths[b]; }
};

/// Invalid for a length that is not 0 ... S.
Status CheckAttention(const AttentionMemory& memory);

// One query a sequence, for who walks through time: functions for the rows [begin, end) of the batch on the calling thread alone, which
// allocate nothing. Rows of other threads may be computed at the same time.

struct AttentionStep {
  const float* query = nullptr;       // [B, A]
  const float* score_bias = nullptr;  // [B, S] or null
  float* weights = nullptr;           // out [B, S]
  float* context = nullptr;           // out [B, W]; rows begin `context_stride` apart
  int64_t context_stride = 0;
};
void AttendRows(const AttentionMemory& memory, const AttentionStep& step, int64_t begin, int64_t end);

/// From the gradients of context and weights to those of the query and, of an additive score, of keys and score vector. What else
/// there is to know of keys and values follows from `d_scores` and `d_context` of all steps at once: AttendGradients.
struct AttentionStepBack {
  const float* query = nullptr;      // [B, A]
  const float* weights = nullptr;    // [B, S], of AttendRows
  const float* d_context = nullptr;  // [B, W]; rows begin `d_context_stride` apart
  int64_t d_context_stride = 0;
  const float* d_weights = nullptr;  // [B, S] or null
  float* d_scores = nullptr;         // out [B, S]: the gradient of the scores, which is that of the bias
  float* d_query = nullptr;          // out [B, A]
  float* d_keys = nullptr;           // in-out [S, B, A] of kAdditive: added to
  float* d_score_vector = nullptr;   // in-out [B, A] of kAdditive, added to: the caller sums the rows, in any case in the same order
};
void AttendRowsBack(const AttentionMemory& memory, const AttentionStepBack& step, int64_t begin, int64_t end);

/// The gradients of many steps (or queries) at once, on all threads: of values, and of keys where the score is kDot.
struct AttentionGradients {
  int64_t queries = 0;
  const float* query = nullptr;      // [Q, B, A], of kDot
  const float* weights = nullptr;    // [Q, B, S]
  const float* d_scores = nullptr;   // [Q, B, S], of kDot
  const float* d_context = nullptr;  // [Q, B, W]; rows begin `d_context_stride` apart
  int64_t d_context_stride = 0;
  float* d_keys = nullptr;           // out [S, B, A], of kDot
  float* d_values = nullptr;         // out [S, B, W]
};
void AttendGradients(const AttentionMemory& memory, const AttentionGradients& gradients);

// All queries at once, on all threads. No results may alias.

struct AttentionForward {
  int64_t queries = 0;
  const float* query = nullptr;       // [Q, B, A]
  const float* score_bias = nullptr;  // [Q, B, S] or null
  float* context = nullptr;           // out [Q, B, W]
  float* weights = nullptr;           // out [Q, B, S]
};
Status Attention(const AttentionMemory& memory, const AttentionForward& forward);

/// The same bits for any number of threads.
struct AttentionBackward {
  int64_t queries = 0;
  const float* query = nullptr;      // [Q, B, A]
  const float* weights = nullptr;    // [Q, B, S], of Attention
  const float* d_context = nullptr;  // [Q, B, W]
  const float* d_weights = nullptr;  // [Q, B, S] or null
  float* d_query = nullptr;          // out [Q, B, A]
  float* d_keys = nullptr;           // out [S, B, A]
  float* d_values = nullptr;         // out [S, B, W]
  float* d_score_vector = nullptr;   // out [A], of kAdditive
  float* d_scores = nullptr;         // out [Q, B, S]: the gradient of the bias
};
Status AttentionGradient(const AttentionMemory& memory, const AttentionBackward& backward);

}  // namespace unroll

#endif  // UNROLL_ATTENTION_H_
