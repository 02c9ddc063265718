#ifndef UNROLL_ATTENTION_SEQUENCE_H_
#define UNROLL_ATTENTION_SEQUENCE_H_

#include <cstdint>

#include "unroll/attention.h"
#include "unroll/status.h"

namespace unroll {

/// A recurrent layer that attends inside its step, over all time steps:
///
///   before:   c_t = attend(s_{t-1})          s_t = first([x_t, c_t], s_{t-1})
///   between:  s' = first(x_t, s_{t-1})       c_t = attend(s')       s_t = second(c_t, s')
///
/// first and second are transitions of a GRU or an LSTM with the equations and the order of gates of gru_sequence.h and
/// lstm_sequence.h; attend is that of attention.h, with query s * query_kernel or s itself (of an LSTM, its h).
///
/// T time steps, B sequences, I input size, H hidden size, G gates (3 or 4), S source steps, A and W the memory's size and width.
/// Everything is time-major; nothing is padding. Threads divide the batch, so that none waits for another. Sizes may be 0
/// but for H, A and W. No outputs may alias anything.

/// The weights of one transition.
struct Transition {
  const float* input_kernel = nullptr;      // [I, G*H]; of `first` of `before` [I + W, G*H]; of `second` [W, G*H]
  const float* recurrent_kernel = nullptr;  // [H, G*H]
  const float* bias = nullptr;              // [G*H]
  const float* recurrent_bias = nullptr;    // [3H], of a GRU
};

struct AttentionSequenceInputs {
  int64_t time_steps = 0, input_size = 0, hidden_size = 0;
  bool lstm = false;     // else a GRU
  bool between = false;  // else before
  const float* input = nullptr;  // [T, B, I]
  Transition first;
  Transition second;                              // of `between`
  const float* query_kernel = nullptr;            // [H, A]; null: A must be H
  AttentionMemory memory;                         // batch_size is B
  const float* initial_h = nullptr;               // [B, H]
  const float* initial_c = nullptr;               // [B, H], of an LSTM
  const float* recurrent_dropout_mask = nullptr;  // [B, H], multiplies h in each recurrent product alone; null: ones

  int Gates() const { return lstm ? 4 : 3; }
};

/// Numbers that the forward pass keeps for the backward pass: T*B rows of 4H (gates), of `between` of 5H more (gates, s'), of an
/// LSTM of H a transition (c), and of A where the query is not s' itself.
int64_t AttentionSequenceWorkspace(const AttentionSequenceInputs& inputs);

struct AttentionSequenceForward {
  AttentionSequenceInputs inputs;
  float* output = nullptr;     // out [T, B, H]
  float* contexts = nullptr;   // out [T, B, W]
  float* weights = nullptr;    // out [T, B, S]
  float* final_h = nullptr;    // out [B, H]
  float* final_c = nullptr;    // out [B, H], of an LSTM
  float* workspace = nullptr;  // out, AttentionSequenceWorkspace numbers
};
Status AttentionSequence(const AttentionSequenceForward& call);

struct TransitionGradients {
  float* input_kernel = nullptr;
  float* recurrent_kernel = nullptr;
  float* bias = nullptr;
  float* recurrent_bias = nullptr;  // of a GRU
};

struct AttentionSequenceBackward {
  AttentionSequenceInputs inputs;
  const float *output = nullptr, *contexts = nullptr, *weights = nullptr, *workspace = nullptr;  // of the forward pass
  const float* d_output = nullptr;    // [T, B, H]
  const float* d_contexts = nullptr;  // [T, B, W]
  const float* d_weights = nullptr;   // [T, B, S]
  const float* d_final_h = nullptr;   // [B, H]
  const float* d_final_c = nullptr;   // [B, H], of an LSTM
  // Results, shaped like the inputs.
  float* d_input = nullptr;  // may be null: not wanted
  TransitionGradients first, second;
  float* d_query_kernel = nullptr;
  float* d_score_vector = nullptr;
  float *d_keys = nullptr, *d_values = nullptr;
  float *d_initial_h = nullptr, *d_initial_c = nullptr;
};
Status AttentionSequenceGradient(const AttentionSequenceBackward& call);

}  // namespace unroll

#endif  // UNROLL_ATTENTION_SEQUENCE_H_
