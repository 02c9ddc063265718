#ifndef UNROLL_LSTM_SEQUENCE_H_
#define UNROLL_LSTM_SEQUENCE_H_

#include "unroll/sequence.h"

namespace unroll {

/// A long short-term memory layer over all time steps; see sequence.h for the inputs. Kernels and bias hold the four
/// gates side by side in the order i, f, g, o:
///
///   i = sigmoid(x*Wi + h*Ri + bi)   f = sigmoid(x*Wf + h*Rf + bf)
///   g = tanh(x*Wg + h*Rg + bg)      o = sigmoid(x*Wo + h*Ro + bo)
///   c' = f c + i g                  h' = o tanh(c')
///
/// Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000.
struct LstmSequenceForward {
  SequenceInputs inputs;
  const float* initial_c = nullptr;  // [B, H]
  float* output = nullptr;           // out [T, B, H]; the backward pass needs it
  float* final_h = nullptr;          // out [B, H]
  float* final_c = nullptr;          // out [B, H]
  float* gates = nullptr;            // out [T, B, 4H]: activated gates of the real steps; for the backward pass
  float* cells = nullptr;            // out [T, B, H]: c' of the real steps; for the backward pass
};
Status LstmSequence(const LstmSequenceForward* calls, int count);
inline Status LstmSequence(const LstmSequenceForward& call) { return LstmSequence(&call, 1); }

struct LstmSequenceBackward {
  SequenceInputs inputs;
  const float* initial_c = nullptr;
  const float* output = nullptr;     // [T, B, H], of the forward pass
  const float* gates = nullptr;      // [T, B, 4H], of the forward pass
  const float* cells = nullptr;      // [T, B, H], of the forward pass
  const float* d_output = nullptr;   // [T, B, H]; what stands at padded steps is not read
  const float* d_final_h = nullptr;  // [B, H]
  const float* d_final_c = nullptr;  // [B, H]
  SequenceGradients gradients;
  float* d_initial_c = nullptr;  // out [B, H], never null
};
Status LstmSequenceGradient(const LstmSequenceBackward* calls, int count);
inline Status LstmSequenceGradient(const LstmSequenceBackward& call) { return LstmSequenceGradient(&call, 1); }

}  // namespace unroll

#endif  // UNROLL_LSTM_SEQUENCE_H_
