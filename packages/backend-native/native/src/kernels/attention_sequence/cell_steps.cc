#include "kernels/attention_sequence/cell_steps.h"

#include "kernels/column_sum.h"
#include "kernels/sequence/gradients.h"
#include "matmul/scratch.h"
#include "parallel/thread_pool.h"

namespace unroll {

void CellStep::Run(const SharedProduct& recurrent, const Transition& weights, int64_t begin, int64_t count, const CellRows& rows, float* scratch,
                   profile::Laps& laps) const {
  float *masked = scratch, *products = scratch + count * h_;
  if (mask_ != nullptr)
    for (int64_t i = 0; i < count * h_; ++i) masked[i] = rows.h_before[i] * mask_[begin * h_ + i];
  const float* h = mask_ == nullptr ? rows.h_before : masked;
  if (lstm_) {
    recurrent.Multiply(count, h, h_, rows.gates, 4 * h_, true);
  } else {
    recurrent.Multiply(count, h, h_, products, 3 * h_, false);
  }
  laps.Lap("recurrent product", recurrent.Operations(count));
  for (int64_t i = 0; i < count; ++i) {
    float* gates = rows.gates + i * 4 * h_;
    if (lstm_) {
      lstm_pass_(h_, h_, gates, weights.bias, rows.c_before + i * h_, gates, rows.c + i * h_, rows.h + i * h_);
    } else {
      gru_pass_(h_, h_, gates, products + i * 3 * h_, weights.bias, weights.recurrent_bias, rows.h_before + i * h_, gates, rows.h + i * h_);
    }
  }
  laps.Lap("gates");
}

void CellStepBack::Run(const SharedProduct& recurrent, int64_t begin, int64_t count, const CellRowsBack& rows, float* scratch,
                       profile::Laps& laps) const {
  const int64_t width = (lstm_ ? 4 : 3) * h_;
  for (int64_t i = 0; i < count; ++i) {
    const float *gates = rows.gates + i * 4 * h_, *d_output = rows.d_output + i * rows.d_output_stride;
    float *d_h = rows.d_h + i * h_, *d_inputs = rows.d_inputs + i * width;
    if (lstm_) {
      lstm_pass_(h_, h_, gates, rows.c + i * h_, rows.c_before + i * h_, d_output, d_h, rows.d_c + i * h_, d_inputs);
    } else {
      gru_pass_(h_, h_, gates, rows.h_before + i * h_, d_output, d_h, d_inputs, rows.d_states + i * width);
    }
  }
  laps.Lap("gates");
  if (mask_ == nullptr) {
    recurrent.Multiply(count, rows.d_states, width, rows.d_h, h_, true);
  } else {
    recurrent.Multiply(count, rows.d_states, width, scratch, h_, false);
    for (int64_t i = 0; i < count * h_; ++i) rows.d_h[i] += scratch[i] * mask_[begin * h_ + i];
  }
  laps.Lap("recurrent product", recurrent.Operations(count));
}

void MultiplyStates(const StatesBefore& states, int64_t hidden_size, const float* d, int64_t width, int64_t rows, float* kernel) {
  const int64_t h = hidden_size, head = states.head_rows < rows ? states.head_rows : rows;
  MultiplyTransposed(states.head, h, h, d, width, head, false, kernel);
  if (rows > head) MultiplyTransposed(states.tail, h, h, d + head * width, width, rows - head, true, kernel);
}

void FinishRecurrentGradients(const RecurrentGradients& of, float* recurrent_kernel, float* bias, float* recurrent_bias) {
  const profile::Span span("recurrent kernel gradient");
  const int64_t h = of.hidden_size, width = of.width;
  if (of.mask == nullptr) {
    MultiplyStates(of.states, h, of.d_states, width, of.rows, recurrent_kernel);
  } else {
    float* masked = ThreadScratch(ScratchSlot::kStatesBefore, of.rows * h);
    ParallelFor(of.rows, (1 << 15) / (h + 1) + 1, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        const int64_t head = of.states.head_rows;
        const float *from = row < head ? of.states.head + row * h : of.states.tail + (row - head) * h, *mask = of.mask + row % of.batch_size * h;
        for (int64_t u = 0; u < h; ++u) masked[row * h + u] = from[u] * mask[u];
      }
    });
    MultiplyTransposed(masked, h, h, of.d_states, width, of.rows, false, recurrent_kernel);
  }
  ColumnSum(of.d_inputs, of.rows, width, bias);
  if (recurrent_bias != nullptr) ColumnSum(of.d_states, of.rows, width, recurrent_bias);
}

}  // namespace unroll
