#ifndef UNROLL_KERNELS_STEPPER_PANELS_H_
#define UNROLL_KERNELS_STEPPER_PANELS_H_

#include <cstdint>

#include "unroll/configuration.h"
#include "unroll/matmul.h"
#include "unroll/stack_stepper.h"

namespace unroll {

// Weights of a stepper lie in panels: up to four vectors of columns, row after row of the kernel, so that one panel is
// read from its first byte to its last. In bfloat16 a lane holds two rows, the earlier one in its low half.

constexpr int kPanelVectors = 4;

/// Columns of a kernel that a panel holds: vector v begins at first + v * stride.
struct PanelColumns {
  int64_t first, stride;
  int vectors;
  int64_t count;   // columns that exist of each vector, or
  bool adjacent;   // of all vectors together, which lie side by side
};

/// sums [rows, vectors, lanes], rows `sums_stride` apart, += x [rows, k] * panel.
struct PanelProduct {
  const float* x;
  int64_t x_stride;
  int64_t rows, k;
  const float* panel;
  float* sums;
  int64_t sums_stride;
};

/// The gates of one panel's units: from sums to the next state. Rows of h, c and next_h are `h_stride` apart.
struct PanelGates {
  int64_t rows, count;           // units
  const float* sums;             // [rows, 4, lanes]: x*W + b, with h*R but for a GRU
  const float* recurrent_sums;   // [rows, 4, lanes], of a GRU: h*R + rb
  const float* h;                // before the step
  float* c;                      // in-out
  float* next_h;
  int64_t h_stride;
};

using PanelFunction = void (*)(const PanelProduct&);
using GatesFunction = void (*)(const PanelGates&);

/// What a stepper runs on this processor, chosen when it is created.
struct StepFunctions {
  int lanes;
  PanelFunction multiply[kPanelVectors + 1];  // by the number of vectors, from 1
  GatesFunction gates[4];                     // by StepCell
};
StepFunctions ChooseStepFunctions(Precision precision);

/// Numbers that a panel takes, a multiple of the lanes.
int64_t PanelSize(int64_t k, int vectors, int lanes, Precision precision);

/// Copies columns of the k-row matrix `kernel` into a panel; columns that are missing become zeros.
void PackPanel(const Factor& kernel, int64_t k, const PanelColumns& columns, int lanes, Precision precision, float* panel);

}  // namespace unroll

#endif  // UNROLL_KERNELS_STEPPER_PANELS_H_
