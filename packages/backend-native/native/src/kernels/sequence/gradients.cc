#include "kernels/sequence/gradients.h"

#include <cstring>
#include <vector>

#include "kernels/column_sum.h"
#include "kernels/sequence/walk.h"
#include "matmul/scratch.h"
#include "parallel/thread_pool.h"
#include "unroll/matmul.h"

namespace unroll {
namespace {

/// a * mask for `steps` matrices [B, H], in scratch; `a` itself where there is no mask.
const float* Masked(const SequenceInputs& inputs, const float* a, int64_t steps) {
  const float* mask = inputs.recurrent_dropout_mask;
  if (mask == nullptr) return a;
  const int64_t numbers = inputs.batch_size * inputs.hidden_size;
  float* masked = ThreadScratch(ScratchSlot::kStatesBefore, steps * numbers);
  ParallelFor(steps, (1 << 15) / (numbers + 1) + 1, [&](int64_t begin, int64_t end) {
    for (int64_t t = begin; t < end; ++t)
      for (int64_t i = 0; i < numbers; ++i) masked[t * numbers + i] = a[t * numbers + i] * mask[i];
  });
  return masked;
}

/// kernel [H, G*H] (+)= states^T * d, for `rows` rows of states [H] and d [G*H].
void MultiplyTransposed(const SequenceInputs& inputs, int gates, int64_t rows, const float* states, const float* d, bool accumulate, float* kernel) {
  const int64_t h = inputs.hidden_size;
  MatMul product;
  product.m = h, product.n = gates * h, product.k = rows;
  product.a = Factor{states, h, true};
  product.b = Factor{d, gates * h, false};
  product.c = kernel;
  product.c_stride = gates * h;
  product.accumulate = accumulate;
  Multiply(product);
}

/// The gradients of each sequence's first step [B, G*H]: the one whose state before is the initial state.
std::vector<float> FirstGradients(const SequenceInputs& inputs, int gates, const float* d) {
  const Walk walk(inputs);
  const int64_t width = gates * inputs.hidden_size;
  std::vector<float> first(static_cast<size_t>(inputs.batch_size * width), 0.0f);
  for (int64_t b = 0; b < inputs.batch_size; ++b) {
    const int64_t t = walk.FirstTime(b);
    if (t >= 0) std::memcpy(&first[b * width], d + (t * inputs.batch_size + b) * width, static_cast<size_t>(width) * sizeof(float));
  }
  return first;
}

// The state before a step is the output of the step before, so the outputs but the last and the gates' gradients but
// the first are multiplied as they lie. Padding adds nothing: its outputs and gradients are zeros. What is missing are
// the first steps, whose state before is the initial one.
void RecurrentKernelGradient(const SequenceInputs& inputs, int gates, const float* output, const float* d, float* kernel) {
  const int64_t state = inputs.batch_size * inputs.hidden_size, pairs = inputs.time_steps > 0 ? inputs.time_steps - 1 : 0;
  const float* before = inputs.reverse ? output + state : output;
  const float* after = inputs.reverse ? d : d + gates * state;
  if (pairs > 0) MultiplyTransposed(inputs, gates, pairs * inputs.batch_size, Masked(inputs, before, pairs), after, false, kernel);
  if (inputs.time_steps == 0) {
    std::memset(kernel, 0, static_cast<size_t>(gates * inputs.hidden_size * inputs.hidden_size) * sizeof(float));
    return;
  }
  const std::vector<float> first = FirstGradients(inputs, gates, d);
  MultiplyTransposed(inputs, gates, inputs.batch_size, Masked(inputs, inputs.initial_h, 1), first.data(), pairs > 0, kernel);
}

void InputGradients(const SequenceInputs& inputs, int gates, const float* d, const SequenceGradients& gradients) {
  const int64_t rows = inputs.time_steps * inputs.batch_size, width = gates * inputs.hidden_size;
  if (gradients.input_kernel != nullptr) {
    MatMul product;
    product.m = inputs.input_size, product.n = width, product.k = rows;
    product.a = Factor{inputs.input, inputs.input_size, true};
    product.b = Factor{d, width, false};
    product.c = gradients.input_kernel;
    product.c_stride = width;
    Multiply(product);
  }
  if (gradients.input != nullptr) {
    MatMul product;
    product.m = rows, product.n = inputs.input_size, product.k = width;
    product.a = Factor{d, width, false};
    product.b = Factor{inputs.input_kernel, width, true};
    product.c = gradients.input;
    product.c_stride = inputs.input_size;
    Multiply(product);
  }
}

}  // namespace

void FinishGradients(const SequenceInputs& inputs, int gates, const float* output, const ProductGradients& products,
                     const SequenceGradients& gradients) {
  const int64_t rows = inputs.time_steps * inputs.batch_size, width = gates * inputs.hidden_size;
  InputGradients(inputs, gates, products.of_inputs, gradients);
  if (gradients.recurrent_kernel != nullptr) RecurrentKernelGradient(inputs, gates, output, products.of_states, gradients.recurrent_kernel);
  if (gradients.bias != nullptr) ColumnSum(products.of_inputs, rows, width, gradients.bias);
}

}  // namespace unroll
