#ifndef UNROLL_KERNELS_ATTENTION_SEQUENCE_CELL_STEPS_H_
#define UNROLL_KERNELS_ATTENTION_SEQUENCE_CELL_STEPS_H_

#include "kernels/attention_sequence/parts.h"
#include "kernels/sequence/gate_passes.h"
#include "unroll/profile.h"

namespace unroll {

// A transition of a GRU or an LSTM for some rows of the batch, on the calling thread; H numbers a state, G*H the products.

/// Rows of two steps' states and what lies between them.
struct CellRows {
  const float *h_before, *c_before;
  float* gates;  // [4H] a row: in, what the inputs give; out, the activated gates
  float *c, *h;
};

class CellStep {
 public:
  /// @param mask - [B, H] or null, on h inside the recurrent product
  CellStep(bool lstm, int64_t hidden_size, const float* mask) : lstm_(lstm), h_(hidden_size), mask_(mask) {}

  /// Floats of scratch that Run wants for `count` rows.
  int64_t ScratchNumbers(int64_t count) const { return count * (lstm_ ? 1 : 4) * h_; }

  /// Rows [begin, begin + count) of the batch.
  void Run(const SharedProduct& recurrent, const Transition& weights, int64_t begin, int64_t count, const CellRows& rows, float* scratch,
           profile::Laps& laps) const;

 private:
  bool lstm_;
  int64_t h_;
  const float* mask_;
  GruGatesPass gru_pass_ = GruGatesForTarget();
  LstmGatesPass lstm_pass_ = LstmGatesForTarget();
};

/// The same on the way back.
struct CellRowsBack {
  const float *gates, *h_before, *c, *c_before;
  const float* d_output;  // [H] a row, `d_output_stride` apart: what comes from outside
  int64_t d_output_stride;
  float *d_h, *d_c;            // of the state after the step; become those of the state before
  float *d_inputs, *d_states;  // [G*H] a row: of the products; of an LSTM one array
};

class CellStepBack {
 public:
  CellStepBack(bool lstm, int64_t hidden_size, const float* mask) : lstm_(lstm), h_(hidden_size), mask_(mask) {}

  int64_t ScratchNumbers(int64_t count) const { return mask_ == nullptr ? 0 : count * h_; }

  /// @param recurrent - with the transposed of the recurrent kernel
  void Run(const SharedProduct& recurrent, int64_t begin, int64_t count, const CellRowsBack& rows, float* scratch, profile::Laps& laps) const;

 private:
  bool lstm_;
  int64_t h_;
  const float* mask_;
  GruGateGradientsPass gru_pass_ = GruGateGradientsForTarget();
  LstmGateGradientsPass lstm_pass_ = LstmGateGradientsForTarget();
};

/// The states that all steps began with, [T*B, H]: `head_rows` rows of one array, then those of another.
struct StatesBefore {
  const float* head;
  int64_t head_rows;
  const float* tail;
};

/// kernel [H, width] = states^T * d [rows, width].
void MultiplyStates(const StatesBefore& states, int64_t hidden_size, const float* d, int64_t width, int64_t rows, float* kernel);

/// The gradients of a recurrent kernel and of the biases, as products over all rows.
struct RecurrentGradients {
  int64_t rows, hidden_size, width;
  StatesBefore states;
  const float* mask;  // [B, H] or null
  int64_t batch_size;
  const float *d_inputs, *d_states;
};
void FinishRecurrentGradients(const RecurrentGradients& of, float* recurrent_kernel, float* bias, float* recurrent_bias);

}  // namespace unroll

#endif  // UNROLL_KERNELS_ATTENTION_SEQUENCE_CELL_STEPS_H_
