#ifndef UNROLL_KERNELS_SEQUENCE_GATE_PASSES_H_
#define UNROLL_KERNELS_SEQUENCE_GATE_PASSES_H_

#include <cstdint>

namespace unroll {

// What a cell does to one row of one step between its products, forward and backward, for the best target: the functions of
// gru_forward.cc and so on, which have the equations. A row has n units; blocks of biases and gates lie `stride` apart,
// those of inputs, sums and products n. Inputs (or sums) may be the very memory of the gates where n is the stride.

using GruGatesPass = void (*)(int64_t n, int64_t stride, const float* inputs, const float* products, const float* bias,
                              const float* recurrent_bias, const float* h, float* gates, float* h_next);
GruGatesPass GruGatesForTarget();

using GruGateGradientsPass = void (*)(int64_t n, int64_t stride, const float* gates, const float* h_before, const float* d_output, float* d_h,
                                      float* d_inputs, float* d_states);
GruGateGradientsPass GruGateGradientsForTarget();

using LstmGatesPass = void (*)(int64_t n, int64_t stride, const float* sums, const float* bias, const float* c, float* gates, float* c_next,
                               float* h_next);
LstmGatesPass LstmGatesForTarget();

using LstmGateGradientsPass = void (*)(int64_t n, int64_t stride, const float* gates, const float* c, const float* c_before,
                                       const float* d_output, float* d_h, float* d_c, float* d_gates);
LstmGateGradientsPass LstmGateGradientsForTarget();

}  // namespace unroll

#endif  // UNROLL_KERNELS_SEQUENCE_GATE_PASSES_H_
