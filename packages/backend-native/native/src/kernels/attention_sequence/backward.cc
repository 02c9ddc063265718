#include <algorithm>
#include <cstring>

#include "kernels/attention_sequence/cell_steps.h"
#include "kernels/column_sum.h"
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
    std::fill_n(score_vectors, alone, 0.0f);
  }
};

/// The walk back through time; each thread takes its rows of the batch through all steps.
class BackwardWalk {
 public:
  BackwardWalk(const AttentionSequenceBackward& call, const StepGradients& steps, int parts)
      : call_(call), in_(call.inputs), steps_(steps), at_(in_), h_(in_.hidden_size), width_(in_.Gates() * h_), batch_(in_.memory.batch_size),
        rows_((batch_ + parts - 1) / parts), first_(Product(in_.first.recurrent_kernel, h_, width_)),
        second_(Product(in_.second.recurrent_kernel, h_, width_)),
        context_(Product(ContextKernel(in_), in_.memory.width, width_)),
        query_(Product(in_.query_kernel, h_, in_.memory.size)),
        cell_(in_.lstm, h_, in_.recurrent_dropout_mask) {}

  void Walk(int64_t begin, int64_t end) const {
    const Batch batch{begin, end - begin};
    const size_t bytes = static_cast<size_t>(batch.count * h_) * sizeof(float);
    std::memcpy(DH(begin), call_.d_final_h + begin * h_, bytes);
    if (in_.lstm) std::memcpy(DC(begin), call_.d_final_c + begin * h_, bytes);
    float* scratch = ThreadScratch(ScratchSlot::kProducts, cell_.ScratchNumbers(batch.count));
    profile::Laps laps;
    for (int64_t t = in_.time_steps - 1; t >= 0; --t) {
      const int64_t row = t * batch_ + begin;
      const CellRowsBack first = First(t, begin);
      if (in_.between) {
        const CellRowsBack second = Second(row, begin, first.c);
        cell_.Run(second_, begin, batch.count, second, scratch, laps);
        ReadContextBack(row, batch.count, second.d_inputs, laps);
        AttendBack(t, batch, laps);
        cell_.Run(first_, begin, batch.count, first, scratch, laps);
      } else {
        cell_.Run(first_, begin, batch.count, first, scratch, laps);
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
  /// The gradients of the state while it is walked back: where those of the initial one belong.
  float* DH(int64_t begin) const { return call_.d_initial_h + begin * h_; }
  float* DC(int64_t begin) const { return in_.lstm ? call_.d_initial_c + begin * h_ : nullptr; }

  CellRowsBack First(int64_t t, int64_t begin) const {
    const int64_t row = t * batch_ + begin, before = row - batch_;
    const int64_t cells = in_.between ? at_.second_cells : at_.first_cells;
    const float* c_before = !in_.lstm ? nullptr : t == 0 ? in_.initial_c + begin * h_ : Kept(cells, before, h_);
    return {Kept(at_.first_gates, row, 4 * h_), t == 0 ? in_.initial_h + begin * h_ : call_.output + before * h_,
            Kept(at_.first_cells, row, h_), c_before,
            in_.between ? steps_.zeros : call_.d_output + row * h_, in_.between ? 0 : h_, DH(begin), DC(begin),
            steps_.first_inputs + row * width_, steps_.first_states + row * width_};
  }

  CellRowsBack Second(int64_t row, int64_t begin, const float* c_before) const {
    return {Kept(at_.second_gates, row, 4 * h_), Kept(at_.middle, row, h_), Kept(at_.second_cells, row, h_), c_before,
            call_.d_output + row * h_, h_, DH(begin), DC(begin), steps_.second_inputs + row * width_, steps_.second_states + row * width_};
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
    float* d_h = DH(batch.begin);
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
  const CellStepBack cell_;
};

/// The products of all steps at once.
class FinalProducts {
 public:
  FinalProducts(const AttentionSequenceBackward& call, const StepGradients& steps)
      : call_(call), in_(call.inputs), steps_(steps), at_(in_), h_(in_.hidden_size), width_(in_.Gates() * h_), batch_(in_.memory.batch_size),
        rows_(in_.time_steps * batch_), middle_(call_.workspace + at_.middle), before_{in_.initial_h, batch_, call_.output} {}

  void Run() const {
    FirstInputs();
    Recurrent(before_, steps_.first_inputs, steps_.first_states, call_.first);
    if (in_.between) {
      MultiplyTransposed(call_.contexts, in_.memory.width, in_.memory.width, steps_.second_inputs, width_, rows_, false, call_.second.input_kernel);
      Recurrent({middle_, rows_, nullptr}, steps_.second_inputs, steps_.second_states, call_.second);
    }
    Attention();
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

  void Recurrent(const StatesBefore& states, const float* d_inputs, const float* d_states, const TransitionGradients& gradients) const {
    FinishRecurrentGradients({rows_, h_, width_, states, in_.recurrent_dropout_mask, batch_, d_inputs, d_states}, gradients.recurrent_kernel,
                             gradients.bias, gradients.recurrent_bias);
  }

  void Attention() const {
    const profile::Span span("attention gradients");
    const int64_t size = in_.memory.size;
    if (call_.d_query_kernel != nullptr) {
      const StatesBefore asked = in_.between ? StatesBefore{middle_, rows_, nullptr} : before_;
      MultiplyStates(asked, h_, steps_.queries, size, rows_, call_.d_query_kernel);
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
  const float* middle_;
  const StatesBefore before_;
};

}  // namespace

Status AttentionSequenceGradient(const AttentionSequenceBackward& call) {
  const AttentionSequenceInputs& in = call.inputs;
  UNROLL_RETURN_IF_ERROR(CheckAttentionSequence("AttentionSequenceGrad", in));
  const int64_t batch = in.memory.batch_size;
  const StepGradients steps(in);
  if (in.memory.score == AttentionScore::kAdditive)
    std::fill_n(call.d_keys, in.memory.source_steps * batch * in.memory.size, 0.0f);
  if (batch > 0) {
    const int parts = BatchParts(in);
    const BackwardWalk walk(call, steps, parts);
    ParallelRun(parts, [&](int part) { walk.Walk(PartBegin(batch, part, parts), PartBegin(batch, part + 1, parts)); });
  }
  FinalProducts(call, steps).Run();
  return Status::Ok();
}

}  // namespace unroll
