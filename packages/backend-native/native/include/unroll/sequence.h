#ifndef UNROLL_SEQUENCE_H_
#define UNROLL_SEQUENCE_H_

#include <cstdint>

#include "unroll/status.h"

namespace unroll {

// What the recurrent kernels (rnn_sequence.h, lstm_sequence.h, gru_sequence.h) have in common.
//
// T time steps, B sequences, I input size, H hidden size, G gates (1, 4 or 3). Everything is float32, row-major,
// contiguous and time-major. Time is walked from 0 to T - 1, with `reverse` from T - 1 down to 0.
//
// A step t >= lengths[b] is padding: it writes zeros to the output and leaves the state as it is. Length 0 therefore
// returns the initial state; with `reverse` the padding comes first and leaves the initial state. Padding is not
// computed: what a forward pass keeps for the backward pass has one row for each real step, in an order of its own, at
// the beginning of an array that has room for all of [T, B]; without lengths row t*B + b is that of step t of sequence b.
//
// A function takes one walk, or several that do not depend on each other and run side by side, such as the two
// directions of a layer. Their outputs may lie beside each other in rows of one array (output_stride). Backward, walks
// that name the same gradient of the input leave their sum in it.
//
// Inputs may alias each other; but for that sum no output may alias anything. Kernels allocate their own scratch (and keep it for the
// next call of the same thread). Sizes may be 0.

struct SequenceInputs {
  int64_t time_steps = 0, batch_size = 0, input_size = 0, hidden_size = 0;
  bool reverse = false;
  const float* input = nullptr;                   // [T, B, I]
  const float* input_kernel = nullptr;            // [I, G*H]
  const float* recurrent_kernel = nullptr;        // [H, G*H]
  const float* bias = nullptr;                    // [G*H]
  const float* initial_h = nullptr;               // [B, H]
  const int32_t* lengths = nullptr;               // [B], each in [0, T]; null: all are T
  const float* recurrent_dropout_mask = nullptr;  // [B, H], multiplies h in the recurrent product alone; null: ones
  int64_t output_stride = 0;                      // distance of two rows of output and of d_output; 0: H
};

/// Gradients with respect to a kernel's inputs; any pointer may be null if that gradient is not wanted, save
/// initial_h, in which the walk keeps its running gradient. The dropout mask counts as a constant.
struct SequenceGradients {
  float* input = nullptr;             // [T, B, I]
  float* input_kernel = nullptr;      // [I, G*H]
  float* recurrent_kernel = nullptr;  // [H, G*H]
  float* bias = nullptr;              // [G*H]
  float* initial_h = nullptr;         // [B, H]
};

/// The error that all kernels give for lengths outside [0, T] and for negative sizes.
Status CheckSequence(const char* kernel, const SequenceInputs& inputs);

}  // namespace unroll

#endif  // UNROLL_SEQUENCE_H_
