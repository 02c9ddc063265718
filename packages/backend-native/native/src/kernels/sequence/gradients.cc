#include "kernels/sequence/gradients.h"

#include <cstring>
#include <vector>

#include "kernels/column_sum.h"
#include "matmul/scratch.h"
#include "parallel/thread_pool.h"
#include "unroll/matmul.h"
#include "unroll/profile.h"

namespace unroll {
namespace {

/// Calls body(t) for all steps, on several threads if `numbers` a step are worth it.
template <typename Body>
void ForEachStep(int64_t steps, int64_t numbers, Body&& body) {
  ParallelFor(steps, (1 << 15) / (numbers + 1) + 1, [&](int64_t begin, int64_t end) {
    for (int64_t t = begin; t < end; ++t) body(t);
  });
}

/// The states [H] before each row, masked.
const float* StatesBefore(const Walk& walk, const float* output) {
  const SequenceInputs& in = walk.inputs();
  const int64_t h = in.hidden_size;
  float* states = ThreadScratch(ScratchSlot::kStatesBefore, walk.rows() * h);
  ForEachStep(walk.steps(), in.batch_size * h, [&](int64_t t) {
    for (int64_t i = 0; i < walk.Active(t); ++i) {
      const Row row = walk.At(t, i);
      const float* from = StateOr(in.initial_h + row.sequence * h, output, row.place_before, walk.output_stride());
      float* to = states + row.number * h;
      if (in.recurrent_dropout_mask == nullptr) {
        std::memcpy(to, from, static_cast<size_t>(h) * sizeof(float));
      } else {
        const float* mask = in.recurrent_dropout_mask + row.sequence * h;
        for (int64_t u = 0; u < h; ++u) to[u] = from[u] * mask[u];
      }
    }
  });
  return states;
}

// Without padding and mask the states before all steps but the first are the outputs of all but the last, as they lie.
void RecurrentKernelGradient(const Walk& walk, int64_t width, const float* output, const float* d, float* kernel) {
  const profile::Span span("recurrent kernel gradient");
  const SequenceInputs& in = walk.inputs();
  const int64_t h = in.hidden_size, stride = walk.output_stride();
  if (!walk.InOrder() || in.recurrent_dropout_mask != nullptr || walk.rows() == 0)
    return MultiplyTransposed(StatesBefore(walk, output), h, h, d, width, walk.rows(), false, kernel);
  const int64_t b = in.batch_size, pairs = walk.rows() - b, first = walk.First(walk.Time(0));
  MultiplyTransposed(in.initial_h, h, h, d + first * width, width, b, false, kernel);
  if (pairs > 0) MultiplyTransposed(in.reverse ? output + b * stride : output, stride, h, in.reverse ? d : d + b * width, width, pairs, true, kernel);
}

/// Rows by number to their places in d_input, or added to what is there; without `adds` padding becomes zero.
void ScatterRows(const Walk& walk, const float* rows, bool adds, float* d_input) {
  const SequenceInputs& in = walk.inputs();
  const int64_t width = in.input_size;
  const size_t bytes = static_cast<size_t>(width) * sizeof(float);
  ForEachStep(in.time_steps, in.batch_size * width, [&](int64_t t) {
    for (int64_t i = 0; i < in.batch_size; ++i) {
      float* to = d_input + (t * in.batch_size + walk.Sequence(i)) * width;
      const float* from = rows + (walk.First(t) + i) * width;
      if (i >= walk.Active(t)) {
        if (!adds) std::memset(to, 0, bytes);
      } else if (adds) {
        for (int64_t j = 0; j < width; ++j) to[j] += from[j];
      } else {
        std::memcpy(to, from, bytes);
      }
    }
  });
}

void InputGradients(const Walk& walk, int64_t width, const float* d, const SequenceGradients& gradients, bool adds) {
  const SequenceInputs& in = walk.inputs();
  float* gathered = walk.InOrder() ? nullptr : ThreadScratch(ScratchSlot::kInputRows, walk.rows() * in.input_size);
  if (gradients.input_kernel != nullptr) {
    const profile::Span span("input kernel gradient");
    if (gathered != nullptr)
      ForEachStep(walk.steps(), in.batch_size * in.input_size, [&](int64_t t) {
        GatherRows(walk, t, t + 1, in.input_size, in.input, gathered + walk.First(t) * in.input_size);
      });
    const float* input = gathered != nullptr ? gathered : in.input;
    MultiplyTransposed(input, in.input_size, in.input_size, d, width, walk.rows(), false, gradients.input_kernel);
  }
  if (gradients.input == nullptr) return;
  const profile::Span span("input gradient");
  MatMul product;
  product.m = walk.rows(), product.n = in.input_size, product.k = width;
  product.a = Factor{d, width, false};
  product.b = Factor{in.input_kernel, width, true};
  product.c = gathered != nullptr ? gathered : gradients.input;
  product.c_stride = in.input_size;
  product.accumulate = adds && gathered == nullptr;
  Multiply(product);
  if (gathered != nullptr) ScatterRows(walk, gathered, adds, gradients.input);
}

}  // namespace

void MultiplyTransposed(const float* rows, int64_t stride, int64_t m, const float* d, int64_t width, int64_t count, bool accumulate, float* kernel) {
  MatMul product;
  product.m = m, product.n = width, product.k = count;
  product.a = Factor{rows, stride, true};
  product.b = Factor{d, width, false};
  product.c = kernel;
  product.c_stride = width;
  product.accumulate = accumulate;
  Multiply(product);
}

void FinishGradients(const Walk& walk, int gates, const float* output, const ProductGradients& products, const SequenceGradients& gradients,
                     bool adds_input) {
  const int64_t width = gates * walk.inputs().hidden_size;
  InputGradients(walk, width, products.of_inputs, gradients, adds_input);
  if (gradients.recurrent_kernel != nullptr) RecurrentKernelGradient(walk, width, output, products.of_states, gradients.recurrent_kernel);
  const profile::Span span("bias gradient");
  if (gradients.bias != nullptr) ColumnSum(products.of_inputs, walk.rows(), width, gradients.bias);
}

}  // namespace unroll
