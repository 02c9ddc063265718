#ifndef UNROLL_GRU_FAN_OUT_H_
#define UNROLL_GRU_FAN_OUT_H_

#include <cstdint>

#include "unroll/status.h"

namespace unroll {

/// One step of a GRU from each of N states, with S = `fan_out` inputs each, where both matrix products are done already:
/// u = x*W + b for M different inputs, v = h*R + rb for the N states. Row i of the output has state j = i / S and
/// input i mod M (M is a multiple of S, or 0 where N*S is 0):
///
///   r = sigmoid(u_r + v_r)    z = sigmoid(u_z + v_z)    n = tanh(u_n + r v_n)    h' = (1 - z) n + z h
///
/// Gates lie side by side in the order r, z, n. Nothing but the inputs is kept for the gradient, which computes the gates
/// again: reading them would take longer. No results may alias.
struct GruFanOutInputs {
  int64_t states = 0, fan_out = 0, input_rows = 0, hidden_size = 0;
  const float* input_products = nullptr;  // u [M, 3H]
  const float* state_products = nullptr;  // v [N, 3H]
  const float* state = nullptr;           // h [N, H]
};

Status GruFanOut(const GruFanOutInputs& inputs, float* output /* out [N*S, H] */);

/// The gradients of all three inputs from that of the output; the same bits for any number of threads.
struct GruFanOutGradients {
  const float* d_output = nullptr;    // [N*S, H]
  float* d_input_products = nullptr;  // out [M, 3H]
  float* d_state_products = nullptr;  // out [N, 3H]
  float* d_state = nullptr;           // out [N, H]
};
Status GruFanOutGradient(const GruFanOutInputs& inputs, const GruFanOutGradients& gradients);

}  // namespace unroll

#endif  // UNROLL_GRU_FAN_OUT_H_
