#ifndef UNROLL_GRU_SEQUENCE_H_
#define UNROLL_GRU_SEQUENCE_H_

#include "unroll/sequence.h"

namespace unroll {

/// A gated recurrent unit over all time steps; see sequence.h for the inputs. Kernels and biases hold the three gates
/// side by side in the order r, z, n; the reset gate acts after the recurrent product:
///
///   r = sigmoid(x*Wr + br + h*Rr + rbr)    z = sigmoid(x*Wz + bz + h*Rz + rbz)
///   n = tanh(x*Wn + bn + r (h*Rn + rbn))   h' = (1 - z) n + z h
///
/// Cho et al. 2014, in the form of cuDNN.
struct GruSequenceForward {
  SequenceInputs inputs;
  const float* recurrent_bias = nullptr;  // [3H]
  float* output = nullptr;                // out [T, B, H]; the backward pass needs it
  float* final_h = nullptr;               // out [B, H]
  float* gates = nullptr;                 // out [T, B, 4H]: r, z, n and h*Rn + rbn of the real steps; for the backward pass
};
Status GruSequence(const GruSequenceForward* calls, int count);
inline Status GruSequence(const GruSequenceForward& call) { return GruSequence(&call, 1); }

struct GruSequenceBackward {
  SequenceInputs inputs;
  const float* recurrent_bias = nullptr;
  const float* output = nullptr;     // [T, B, H], of the forward pass
  const float* gates = nullptr;      // [T, B, 4H], of the forward pass
  const float* d_output = nullptr;   // [T, B, H]; what stands at padded steps is not read
  const float* d_final_h = nullptr;  // [B, H]
  SequenceGradients gradients;
  float* recurrent_bias_gradient = nullptr;  // out [3H], may be null
};
Status GruSequenceGradient(const GruSequenceBackward* calls, int count);
inline Status GruSequenceGradient(const GruSequenceBackward& call) { return GruSequenceGradient(&call, 1); }

}  // namespace unroll

#endif  // UNROLL_GRU_SEQUENCE_H_
