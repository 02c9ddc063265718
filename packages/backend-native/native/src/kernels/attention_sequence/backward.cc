#include <cstring>

#include "kernels/attention_sequence/parts.h"
#include "kernels/column_sum.h"
#include "kernels/sequence/gate_passes.h"
#include "kernels/sequence/gradients.h"
#include "matmul/scratch.h"
#include "parallel/thread_pool.h"
#include "unroll/profile.h"

namespace unroll {
namespace {

/// What the walk leaves for the products over all steps at once; each [T*B] rows but for the last two.
struct StepGradients {
  float *first_inputs, *first_states;    // [G*H]: of the products with the two kernels; of an LSTM one array
  float *second_inputs, *second_states;  // of `between`
  float* contexts;                       // [W]: of what the steps read, the caller's gradient included
  float* queries;                        // [A]
  float* scores;                         // [S]
  float* score_vectors;                  // [B, A]
  float* zeros;                          // [H]

  explicit StepGradients(const AttentionSequenceInputs& in) {
    const int64_t rows = in.time_steps * in.memory.batch_size, width = in.Gates() * in.hidden_size;
    const int64_t transitions = (in.between ? 2 : 1) * (in.lstm ? 1 : 2);
    const int64_t of_a_row = transitions * width + in.memory.width + in.memory.size + in.memory.source_steps;
    const int64_t alone = in.memory.batch_size * in.memory.size + in.hidden_size;
    float* next = ThreadScratch(ScratchSlot::kGateGradients, rows * of_a_row + alone);
    const auto take = [&](int64_t numbers) { return next += numbers, next - numbers; };
    first_inputs = take(rows * width);
    first_states = in.lstm ? first_inputs : take(rows * width);
    second_inputs = in.between ? take(rows * width) : nullptr;
    second_states = !in.between ? nullptr : in.lstm ? second_inputs : take(rows * width);
    contexts = take(rows * in.memory.width);
    queries = take(rows * in.memory.size);
    scores = take(rows * in.memory.source_steps);
    score_vectors = take(in.memory.batch_size * in.memory.size);
    zeros = take(in.hidden_size);
    std::memset(score_vectors, 0, static_cast<size_t>(alone) * sizeof(float));
  }
};

/// One transition of some rows on the way back.
struct TransitionRowsBack {
  const float *gates, *h_before, *c, *c_before;
  const float* d_output;  // [H] a row, `d_output_stride` apart: what comes from outside
  int64_t d_output_stride;
  float *d_inputs, *d_states;
};

/// The walk back through time; each thread takes its rows of the batch through all steps.
class BackwardWalk {
 public:
  BackwardWalk(const AttentionSequenceBackward& call, const StepGradients& steps, int parts)
      : call_(call), in_(call.inputs), steps_(steps), at_(in_), h_(in_.hidden_size), width_(in_.Gates() * h_), batch_(in_.memory.batch_size),
        rows_((batch_ + parts - 1) / parts), first_(Product(in_.first.recurrent_kernel, h_, width_)),
        second_(Product(in_.second.recurrent_kernel, in_.between ? h_ : 0, in_.between ? width_ : 0)),
        context_(Product(ContextKernel(in_), in_.memory.width, width_)),
        query_(Product(in_.query_kernel, in_.query_kernel ? h_ : 0, in_.query_kernel ? in_.memory.size : 0)) {}

  void Walk(int64_t begin, int64_t end) const {
    const Batch batch{begin, end - begin};
    const size_t bytes = static_cast<size_t>(batch.count * h_) * sizeof(float);
    std::memcpy(DH(batch), call_.d_final_h + begin * h_, bytes);
    if (in_.lstm) std::memcpy(call_.d_initial_c + begin * h_, call_.d_final_c + begin * h_, bytes);
    float* masked = ThreadScratch(ScratchSlot::kProducts, batch.count * h_);
    profile::Laps laps;
    for (int64_t t = in_.time_steps - 1; t >= 0; --t) {
      const int64_t row = t * batch_ + begin;
      const TransitionRowsBack first = First(t, begin);
      if (in_.between) {
        const TransitionRowsBack second = Second(row, first.c);
        PassGates(batch, second, laps);
        MultiplyBack(second_, batch, second.d_states, masked, laps);
        ReadContextBack(row, batch.count, second.d_inputs, laps);
        AttendBack(t, batch, laps);
        PassGates(batch, first, laps);
        MultiplyBack(first_, batch, first.d_states, masked, laps);
      } else {
        PassGates(batch, first, laps);
        MultiplyBack(first_, batch, first.d_states, masked, laps);
        ReadContextBack(row, batch.count, first.d_inputs, laps);
        AttendBack(t, batch, laps);
      }
    }
  }

 private:
  struct Batch {
    int64_t begin, count;
  };

  /// With the transposed of a kernel [k, n].
  SharedProduct Product(const float* matrix, int64_t k, int64_t n) const {
    return SharedProduct(Factor{matrix, n, true}, n, k, rows_, in_.time_steps);
  }

  const float* Kept(int64_t kind, int64_t row, int64_t width) const { return call_.workspace + kind + row * width; }
  /// The gradient of the state while it is walked back: where that of the initial one belongs.
  float* DH(Batch batch) const { return call_.d_initial_h + batch.begin * h_; }

  TransitionRowsBack First(int64_t t, int64_t begin) const {
    const int64_t row = t * batch_ + begin, before = row - batch_;
    const int64_t cells = in_.between ? at_.second_cells : at_.first_cells;
    const float* c_before = !in_.lstm ? nullptr : t == 0 ? in_.initial_c + begin * h_ : Kept(cells, before, h_);
    return {Kept(at_.first_gates, row, 4 * h_), t == 0 ? in_.initial_h + begin * h_ : call_.output + before * h_,
            Kept(at_.first_cells, row, h_), c_before,
            in_.between ? steps_.zeros : call_.d_output + row * h_, in_.between ? 0 : h_,
            steps_.first_inputs + row * width_, steps_.first_states + row * width_};
  }

  TransitionRowsBack Second(int64_t row, const float* c_before) const {
    return {Kept(at_.second_gates, row, 4 * h_), Kept(at_.middle, row, h_), Kept(at_.second_cells, row, h_), c_before,
            call_.d_output + row * h_, h_, steps_.second_inputs + row * width_, steps_.second_states + row * width_};
  }

  void PassGates(Batch batch, const TransitionRowsBack& rows, profile::Laps& laps) const {
    for (int64_t i = 0; i < batch.count; ++i) {
      const float *gates = rows.gates + i * 4 * h_, *d_output = rows.d_output + i * rows.d_output_stride;
      float *d_h = DH(batch) + i * h_, *d_inputs = rows.d_inputs + i * width_;
      if (in_.lstm) {
        lstm_(h_, h_, gates, rows.c + i * h_, rows.c_before + i * h_, d_output, d_h, call_.d_initial_c + (batch.begin + i) * h_, d_inputs);
      } else {
        gru_(h_, h_, gates, rows.h_before + i * h_, d_output, d_h, d_inputs, rows.d_states + i * width_);
      }
    }
    laps.Lap("gates");
  }

  /// Adds what passes a recurrent kernel and the dropout mask to the gradient of the state.
  void MultiplyBack(const SharedProduct& recurrent, Batch batch, const float* d_states, float* masked, profile::Laps& laps) const {
    float* d_h = DH(batch);
    if (in_.recurrent_dropout_mask == nullptr) {
      recurrent.Multiply(batch.count, d_states, width_, d_h, h_, true);
    } else {
      const float* mask = in_.recurrent_dropout_mask + batch.begin * h_;
      recurrent.Multiply(batch.count, d_states, width_, masked, h_, false);
      for (int64_t i = 0; i < batch.count * h_; ++i) d_h[i] += masked[i] * mask[i];
    }
    laps.Lap("recurrent product", recurrent.Operations(batch.count));
  }

  void ReadContextBack(int64_t row, int64_t count, const float* d_inputs, profile::Laps& laps) const {
    const int64_t width = in_.memory.width;
    float* d_context = steps_.contexts + row * width;
    std::memcpy(d_context, call_.d_contexts + row * width, static_cast<size_t>(count * width) * sizeof(float));
    context_.Multiply(count, d_inputs, width_, d_context, width, true);
    laps.Lap("context product", context_.Operations(count));
  }

  void AttendBack(int64_t t, Batch batch, profile::Laps& laps) const {
    const int64_t size = in_.memory.size, source_steps = in_.memory.source_steps, row = t * batch_;
    AttentionStepBack step;
    step.query = Kept(at_.queries, row, size);
    step.weights = call_.weights + row * source_steps;
    step.d_context = steps_.contexts + row * in_.memory.width;
    step.d_context_stride = in_.memory.width;
    step.d_weights = call_.d_weights + row * source_steps;
    step.d_scores = steps_.scores + row * source_steps;
    step.d_query = steps_.queries + row * size;
    step.d_keys = call_.d_keys;
    step.d_score_vector = steps_.score_vectors;
    AttendRowsBack(in_.memory, step, batch.begin, batch.begin + batch.count);
    laps.Lap("attention");
    float* d_h = DH(batch);
    const float* d_query = step.d_query + batch.begin * size;
    if (in_.query_kernel == nullptr) {
      for (int64_t i = 0; i < batch.count * h_; ++i) d_h[i] += d_query[i];
      return;
    }
    query_.Multiply(batch.count, d_query, size, d_h, h_, true);
    laps.Lap("query product", query_.Operations(batch.count));
  }

  const AttentionSequenceBackward& call_;
  const AttentionSequenceInputs& in_;
  const StepGradients& steps_;
  const WorkspaceOffsets at_;
  const int64_t h_, width_, batch_, rows_;
  const SharedProduct first_, second_, context_, query_;
  const GruGateGradientsPass gru_ = GruGateGradientsForTarget();
  const LstmGateGradientsPass lstm_ = LstmGateGradientsForTarget();
};

/// The products of all steps at once.
class FinalProducts {
 public:
  FinalProducts(const AttentionSequenceBackward& call, const StepGradients& steps)
      : call_(call), in_(call.inputs), steps_(steps), at_(in_), h_(in_.hidden_size), width_(in_.Gates() * h_), batch_(in_.memory.batch_size),
        rows_(in_.time_steps * batch_) {}

  void Run() const {
    const float* middle = call_.workspace + at_.middle;
    FirstInputs();
    RecurrentKernel(nullptr, steps_.first_states, call_.first.recurrent_kernel);
    Biases(steps_.first_inputs, steps_.first_states, call_.first);
    if (in_.between) {
      MultiplyTransposed(call_.contexts, in_.memory.width, in_.memory.width, steps_.second_inputs, width_, rows_, false, call_.second.input_kernel);
      RecurrentKernel(middle, steps_.second_states, call_.second.recurrent_kernel);
      Biases(steps_.second_inputs, steps_.second_states, call_.second);
    }
    Attention(middle);
  }

 private:
  void FirstInputs() const {
    const profile::Span span("input gradients");
    float* kernel = call_.first.input_kernel;
    MultiplyTransposed(in_.input, in_.input_size, in_.input_size, steps_.first_inputs, width_, rows_, false, kernel);
    if (!in_.between)
      MultiplyTransposed(call_.contexts, in_.memory.width, in_.memory.width, steps_.first_inputs, width_, rows_, false, kernel + in_.input_size * width_);
    if (call_.d_input == nullptr) return;
    MatMul product;
    product.m = rows_, product.n = in_.input_size, product.k = width_;
    product.a = Factor{steps_.first_inputs, width_, false};
    product.b = Factor{in_.first.input_kernel, width_, true};
    product.c = call_.d_input;
    product.c_stride = in_.input_size;
    Multiply(product);
  }

  /// @param states - [T*B, H] that the kernel was multiplied by; null: those before each step
  void RecurrentKernel(const float* states, const float* d_states, float* kernel) const {
    const profile::Span span("recurrent kernel gradient");
    if (in_.recurrent_dropout_mask != nullptr) {
      MultiplyTransposed(MaskedStates(states), h_, h_, d_states, width_, rows_, false, kernel);
    } else if (states != nullptr) {
      MultiplyTransposed(states, h_, h_, d_states, width_, rows_, false, kernel);
    } else {
      StatesBefore(d_states, width_, kernel);
    }
  }

  /// kernel [H, width] = (states before each step)^T * d: the initial ones, and the outputs of all steps but the last.
  void StatesBefore(const float* d, int64_t width, float* kernel) const {
    MultiplyTransposed(in_.initial_h, h_, h_, d, width, rows_ == 0 ? 0 : batch_, false, kernel);
    if (rows_ > batch_) MultiplyTransposed(call_.output, h_, h_, d + batch_ * width, width, rows_ - batch_, true, kernel);
  }

  const float* MaskedStates(const float* states) const {
    float* masked = ThreadScratch(ScratchSlot::kStatesBefore, rows_ * h_);
    ParallelFor(in_.time_steps, (1 << 15) / (batch_ * h_ + 1) + 1, [&](int64_t begin, int64_t end) {
      for (int64_t t = begin; t < end; ++t) {
        const float* before = t == 0 ? in_.initial_h : call_.output + (t - 1) * batch_ * h_;
        const float* from = states != nullptr ? states + t * batch_ * h_ : before;
        float* to = masked + t * batch_ * h_;
        for (int64_t i = 0; i < batch_ * h_; ++i) to[i] = from[i] * in_.recurrent_dropout_mask[i];
      }
    });
    return masked;
  }

  void Biases(const float* d_inputs, const float* d_states, const TransitionGradients& gradients) const {
    const profile::Span span("bias gradient");
    ColumnSum(d_inputs, rows_, width_, gradients.bias);
    if (gradients.recurrent_bias != nullptr) ColumnSum(d_states, rows_, width_, gradients.recurrent_bias);
  }

  void Attention(const float* middle) const {
    const profile::Span span("attention gradients");
    const int64_t size = in_.memory.size;
    if (call_.d_query_kernel != nullptr) {
      if (in_.between) {
        MultiplyTransposed(middle, h_, h_, steps_.queries, size, rows_, false, call_.d_query_kernel);
      } else {
        StatesBefore(steps_.queries, size, call_.d_query_kernel);
      }
    }
    if (call_.d_score_vector != nullptr) ColumnSum(steps_.score_vectors, batch_, size, call_.d_score_vector);
    AttentionGradients gradients;
    gradients.queries = in_.time_steps;
    gradients.query = call_.workspace + at_.queries;
    gradients.weights = call_.weights;
    gradients.d_scores = steps_.scores;
    gradients.d_context = steps_.contexts;
    gradients.d_context_stride = in_.memory.width;
    gradients.d_keys = call_.d_keys;
    gradients.d_values = call_.d_values;
    AttendGradients(in_.memory, gradients);
  }

  const AttentionSequenceBackward& call_;
  const AttentionSequenceInputs& in_;
  const StepGradients& steps_;
  const WorkspaceOffsets at_;
  const int64_t h_, width_, batch_, rows_;
};

}  // namespace

Status AttentionSequenceGradient(const AttentionSequenceBackward& call) {
  const AttentionSequenceInputs& in = call.inputs;
  UNROLL_RETURN_IF_ERROR(CheckAttentionSequence("AttentionSequenceGrad", in));
  const int64_t batch = in.memory.batch_size;
  const StepGradients steps(in);
  if (in.memory.score == AttentionScore::kAdditive)
    std::memset(call.d_keys, 0, static_cast<size_t>(in.memory.source_steps * batch * in.memory.size) * sizeof(float));
  if (batch > 0) {
    const int parts = BatchParts(in);
    const BackwardWalk walk(call, steps, parts);
    ParallelRun(parts, [&](int part) { walk.Walk(PartBegin(batch, part, parts), PartBegin(batch, part + 1, parts)); });
  }
  FinalProducts(call, steps).Run();
  return Status::Ok();
}

}  // namespace unroll
