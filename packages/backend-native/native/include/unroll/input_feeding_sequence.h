#ifndef UNROLL_INPUT_FEEDING_SEQUENCE_H_
#define UNROLL_INPUT_FEEDING_SEQUENCE_H_

#include <cstdint>
#include <vector>

#include "unroll/attention_sequence.h"

namespace unroll {

/// A stack of recurrent layers whose top state asks after each step, and whose attentional state is read by the next one:
///
///   s^0_t = cell([x_t, f_{t-1}], s^0_{t-1})        s^l_t = cell(s^{l-1}_t * mask, s^l_{t-1})
///   c_t = attend(s_t of the top)                   f_t = tanh([c_t, s_t] * combine_kernel)
///
/// Luong, Pham & Manning 2015, with the cells and the attention of attention_sequence.h. Sizes are those of that file; all
/// layers and f have H numbers. Everything is time-major; nothing is padding. Threads divide the batch. T, B, I and S may be 0.
/// No outputs may alias anything.
struct FedLayer {
  Transition weights;  // input kernel of the first layer [I + H, G*H], of the others [H, G*H]
  const float* initial_h = nullptr;     // [B, H]
  const float* initial_c = nullptr;     // [B, H], of an LSTM
  const float* recurrent_mask = nullptr;  // [B, H] on h in the recurrent product; null: ones
  const float* input_mask = nullptr;      // [T, B, H] on what comes from the layer below; null: ones
};

struct InputFeedingInputs {
  int64_t time_steps = 0, input_size = 0, hidden_size = 0;
  bool lstm = false;
  const float* input = nullptr;           // [T, B, I]
  std::vector<FedLayer> layers;           // at least one
  const float* query_kernel = nullptr;    // [H, A]; null: A must be H
  const float* combine_kernel = nullptr;  // [W + H, H]
  const float* initial_feed = nullptr;    // [B, H]
  AttentionMemory memory;                 // batch_size is B

  int Gates() const { return lstm ? 4 : 3; }
};

/// Numbers that the forward pass keeps for the backward pass: T*B rows of 5H a layer (gates, s), of an LSTM of H more (c), of W
/// (contexts) and, with a query kernel, of A.
int64_t InputFeedingWorkspace(const InputFeedingInputs& inputs);

struct InputFeedingForward {
  InputFeedingInputs inputs;
  float* output = nullptr;     // out [T, B, H]: f
  float* weights = nullptr;    // out [T, B, S]
  float* workspace = nullptr;  // out, InputFeedingWorkspace numbers
};
Status InputFeedingSequence(const InputFeedingForward& call);

struct FedLayerGradients {
  TransitionGradients weights;
  float* initial_h = nullptr;
  float* initial_c = nullptr;
};

struct InputFeedingBackward {
  InputFeedingInputs inputs;
  const float *output = nullptr, *weights = nullptr, *workspace = nullptr;  // of the forward pass
  const float* d_output = nullptr;   // [T, B, H]
  const float* d_weights = nullptr;  // [T, B, S]
  // Results, shaped like the inputs.
  float* d_input = nullptr;
  std::vector<FedLayerGradients> layers;
  float* d_query_kernel = nullptr;
  float* d_combine_kernel = nullptr;
  float* d_initial_feed = nullptr;
  float* d_score_vector = nullptr;
  float *d_keys = nullptr, *d_values = nullptr;
};
Status InputFeedingGradient(const InputFeedingBackward& call);

}  // namespace unroll

#endif  // UNROLL_INPUT_FEEDING_SEQUENCE_H_
