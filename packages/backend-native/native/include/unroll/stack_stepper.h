#ifndef UNROLL_STACK_STEPPER_H_
#define UNROLL_STACK_STEPPER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "unroll/status.h"

namespace unroll {

// A stack of recurrent layers that takes one time step at a time, for few sequences: generation, decoding, forecasting.
// B sequences, I input size, H hidden size, L layers, G gates: 4 of an LSTM (i f g o), 3 of a GRU (r z n), else 1. The
// equations are those of lstm_sequence.h, gru_sequence.h and rnn_sequence.h.
//
// A step at a small batch costs what reading its weights costs. So they are copied once into the order in which the
// threads read them, with Precision::kBfloat16 in half the bytes (the kernels alone are rounded; the arithmetic and the
// states stay float32), and what depends on an id alone, its row of the embedding times the input kernel plus bias, is
// kept from the first time on.

enum class StepCell { kLstm, kGru, kElmanTanh, kElmanRelu };

struct StepLayer {
  StepCell cell = StepCell::kLstm;
  const float* input_kernel = nullptr;      // [I, G*H]; [H, G*H] above the first layer
  const float* recurrent_kernel = nullptr;  // [H, G*H]
  const float* bias = nullptr;              // [G*H]
  const float* recurrent_bias = nullptr;    // [3*H], of a GRU alone
};

/// What an input is: a vector, an id that stands for a row of `embedding`, or an id that stands for a one-hot vector.
enum class StepInput { kVector, kEmbedded, kOneHot };

/// All of it is copied or read before the constructor returns.
struct StepperWeights {
  int64_t batch_size = 0, input_size = 0, hidden_size = 0;
  std::vector<StepLayer> layers;  // at least one
  StepInput input = StepInput::kVector;
  int64_t id_count = 0;              // of kEmbedded
  const float* embedding = nullptr;  // [id_count, I], of kEmbedded
  int64_t output_size = 0;           // V of the head; 0: none, outputs are the last layer's hidden vectors
  const float* head_kernel = nullptr;  // [H, V]
  bool transpose_head = false;         // head_kernel lies as [V, H]
  const float* head_bias = nullptr;    // [V] or null
};

struct StepCall {
  const int32_t* ids = nullptr;    // [B], of inputs that are ids
  const float* vectors = nullptr;  // [B, I], of inputs that are vectors
  float* state = nullptr;          // in-out: for each layer h [B, H] and, of an LSTM, then c [B, H]
  float* output = nullptr;         // [B, V], or [B, H] without a head; null: nobody needs it. No array may alias another
};

struct PreparedStepper;

class StackStepper {
 public:
  /// Uses the thread count and precision of this moment for good.
  explicit StackStepper(const StepperWeights& weights);
  ~StackStepper();

  /// One time step of all rows. Fails without a change for an id that is none.
  Status Step(const StepCall& call);

  StepInput input() const;
  int64_t batch_size() const;
  /// Numbers of one row of input, of the whole state, and of one row of output.
  int64_t input_size() const;
  int64_t state_size() const;
  int64_t output_size() const;
  /// Of all that was prepared.
  int64_t bytes() const;

 private:
  std::unique_ptr<PreparedStepper> prepared_;
};

}  // namespace unroll

#endif  // UNROLL_STACK_STEPPER_H_
