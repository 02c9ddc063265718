#ifndef UNROLL_RNN_SEQUENCE_H_
#define UNROLL_RNN_SEQUENCE_H_

#include "unroll/sequence.h"

namespace unroll {

enum class RnnActivation { kTanh, kRelu };

/// A simple recurrent layer over all time steps: h' = phi(x*W + h*R + b). See sequence.h for the inputs.
struct RnnSequenceForward {
  SequenceInputs inputs;
  RnnActivation activation = RnnActivation::kTanh;
  float* output = nullptr;   // out [T, B, H]; the backward pass needs it
  float* final_h = nullptr;  // out [B, H]
};
Status RnnSequence(const RnnSequenceForward* calls, int count);
inline Status RnnSequence(const RnnSequenceForward& call) { return RnnSequence(&call, 1); }

struct RnnSequenceBackward {
  SequenceInputs inputs;
  RnnActivation activation = RnnActivation::kTanh;
  const float* output = nullptr;     // [T, B, H], of the forward pass
  const float* d_output = nullptr;   // [T, B, H]; what stands at padded steps is not read
  const float* d_final_h = nullptr;  // [B, H]
  SequenceGradients gradients;
};
Status RnnSequenceGradient(const RnnSequenceBackward* calls, int count);
inline Status RnnSequenceGradient(const RnnSequenceBackward& call) { return RnnSequenceGradient(&call, 1); }

}  // namespace unroll

#endif  // UNROLL_RNN_SEQUENCE_H_
