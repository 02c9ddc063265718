#include <algorithm>
#include <cstring>

#include "kernels/attention_sequence/cell_steps.h"
#include "kernels/column_sum.h"
#include "kernels/input_feeding/parts.h"
#include "kernels/sequence/gradients.h"
#include "matmul/scratch.h"
#include "parallel/thread_pool.h"

namespace unroll {
namespace {

/// What the walk leaves for the products over all steps at once; each [T*B] rows but for the last two.
struct FedGradients {
  std::vector<float*> inputs, states;  // of each layer [G*H]: of the products with the two kernels; of an LSTM one array
  float* combined;                     // [H]: of what the tanh is taken of
  float* contexts;                     // [W]
  float* queries;                      // [A]
  float* scores;                       // [S]
  float* masked;                       // [H]: what a layer read
  float* score_vectors;                // [B, A]

  explicit FedGradients(const InputFeedingInputs& in) {
    const int64_t rows = in.time_steps * in.memory.batch_size, h = in.hidden_size, width = in.Gates() * h;
    const int64_t layers = static_cast<int64_t>(in.layers.size());
    const int64_t of_a_row = layers * (in.lstm ? 1 : 2) * width + 2 * h + in.memory.width + in.memory.size + in.memory.source_steps;
    const int64_t vectors = in.memory.batch_size * in.memory.size;
    float* next = ThreadScratch(ScratchSlot::kGateGradients, rows * of_a_row + vectors);
    const auto take = [&](int64_t numbers) { return next += numbers, next - numbers; };
    for (int64_t layer = 0; layer < layers; ++layer) {
      inputs.push_back(take(rows * width));
      states.push_back(in.lstm ? inputs.back() : take(rows * width));
    }
    combined = take(rows * h);
    contexts = take(rows * in.memory.width);
    queries = take(rows * in.memory.size);
    scores = take(rows * in.memory.source_steps);
    masked = take(rows * h);
    score_vectors = take(vectors);
    std::fill_n(score_vectors, vectors, 0.0f);
  }
};

/// One layer's matrices, transposed, and cell.
struct PackedLayer {
  SharedProduct input, recurrent;
  CellStepBack cell;
};

/// The walk back through time; each thread takes its rows of the batch through all steps.
class FedWalkBack {
 public:
  FedWalkBack(const InputFeedingBackward& call, const FedGradients& steps, int parts)
      : call_(call), in_(call.inputs), steps_(steps), at_(in_), h_(in_.hidden_size), width_(in_.Gates() * h_), batch_(in_.memory.batch_size),
        rows_((batch_ + parts - 1) / parts), query_(Product(in_.query_kernel, h_, in_.memory.size)),
        combine_context_(Product(in_.combine_kernel, in_.memory.width, h_)), combine_state_(Product(CombineStateKernel(in_), h_, h_)) {
    for (size_t i = 0; i < in_.layers.size(); ++i) {
      const FedLayer& layer = in_.layers[i];
      const float* input_kernel = i == 0 ? FeedKernel(in_) : layer.weights.input_kernel;
      layers_.push_back({Product(input_kernel, h_, width_), Product(layer.weights.recurrent_kernel, h_, width_),
                         CellStepBack(in_.lstm, h_, layer.recurrent_mask)});
    }
  }

  void Walk(int64_t begin, int64_t end) const {
    const Batch batch{begin, end - begin};
    const size_t bytes = static_cast<size_t>(batch.count * h_) * sizeof(float);
    float* feed = call_.d_initial_feed + begin * h_;  // the gradient of what the next step was fed
    std::memset(feed, 0, bytes);
    for (const FedLayerGradients& layer : call_.layers) {
      std::memset(layer.initial_h + begin * h_, 0, bytes);
      if (in_.lstm) std::memset(layer.initial_c + begin * h_, 0, bytes);
    }
    float* above = ThreadScratch(ScratchSlot::kProducts, 2 * batch.count * h_);  // the gradient of what a layer gave
    float* scratch = above + batch.count * h_;
    profile::Laps laps;
    for (int64_t t = in_.time_steps - 1; t >= 0; --t) {
      Combine(t, batch, feed, above, laps);
      Attend(t, batch, above, laps);
      for (size_t i = layers_.size(); i-- > 0;) Layer(i, t, batch, above, i == 0 ? feed : above, scratch, laps);
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

  /// From the gradient of f_t to those of context and top state.
  void Combine(int64_t t, Batch batch, const float* feed, float* above, profile::Laps& laps) const {
    const int64_t row = t * batch_ + batch.begin, numbers = batch.count * h_;
    float *d = steps_.combined + row * h_, *d_context = steps_.contexts + row * in_.memory.width;
    const float* d_output = call_.d_output + row * h_;
    for (int64_t i = 0; i < numbers; ++i) d[i] = d_output[i] + feed[i];
    TanhRowsBack(call_.output + row * h_, d, numbers);
    combine_context_.Multiply(batch.count, d, h_, d_context, in_.memory.width, false);
    combine_state_.Multiply(batch.count, d, h_, above, h_, false);
    laps.Lap("combination", combine_context_.Operations(batch.count) + combine_state_.Operations(batch.count));
  }

  void Attend(int64_t t, Batch batch, float* above, profile::Laps& laps) const {
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
    const float* d_query = step.d_query + batch.begin * size;
    if (in_.query_kernel == nullptr) {
      for (int64_t i = 0; i < batch.count * h_; ++i) above[i] += d_query[i];
      return;
    }
    query_.Multiply(batch.count, d_query, size, above, h_, true);
    laps.Lap("query product", query_.Operations(batch.count));
  }

  /// From the gradient of what layer i gave to that of what it read, which may take its place.
  void Layer(size_t i, int64_t t, Batch batch, const float* above, float* below, float* scratch, profile::Laps& laps) const {
    const FedLayer& layer = in_.layers[i];
    const FedLayerGradients& gradients = call_.layers[i];
    const PackedLayer& packed = layers_[i];
    const int64_t row = t * batch_ + batch.begin, before = row - batch_, first = batch.begin * h_;
    const CellRowsBack rows{Kept(at_.gates[i], row, 4 * h_),
                            t == 0 ? layer.initial_h + first : Kept(at_.states[i], before, h_),
                            Kept(at_.cells[i], row, h_),
                            !in_.lstm ? nullptr : t == 0 ? layer.initial_c + first : Kept(at_.cells[i], before, h_),
                            above,
                            h_,
                            gradients.initial_h + first,
                            in_.lstm ? gradients.initial_c + first : nullptr,
                            steps_.inputs[i] + row * width_,
                            steps_.states[i] + row * width_};
    packed.cell.Run(packed.recurrent, batch.begin, batch.count, rows, scratch, laps);
    packed.input.Multiply(batch.count, rows.d_inputs, width_, below, h_, false);
    if (layer.input_mask != nullptr) Mask(below, layer.input_mask + row * h_, batch.count * h_, below);
    laps.Lap("input product", packed.input.Operations(batch.count));
  }

  const InputFeedingBackward& call_;
  const InputFeedingInputs& in_;
  const FedGradients& steps_;
  const FedOffsets at_;
  const int64_t h_, width_, batch_, rows_;
  const SharedProduct query_, combine_context_, combine_state_;
  std::vector<PackedLayer> layers_;
};

/// The products of all steps at once.
class FedProducts {
 public:
  FedProducts(const InputFeedingBackward& call, const FedGradients& steps)
      : call_(call), in_(call.inputs), steps_(steps), at_(in_), h_(in_.hidden_size), width_(in_.Gates() * h_), batch_(in_.memory.batch_size),
        rows_(in_.time_steps * batch_) {}

  void Run() const {
    Inputs();
    for (size_t i = 0; i < in_.layers.size(); ++i) {
      const FedLayer& layer = in_.layers[i];
      const TransitionGradients& gradients = call_.layers[i].weights;
      if (i > 0) MultiplyTransposed(Read(i), h_, h_, steps_.inputs[i], width_, rows_, false, gradients.input_kernel);
      FinishRecurrentGradients({rows_, h_, width_, {layer.initial_h, batch_, call_.workspace + at_.states[i]}, layer.recurrent_mask, batch_,
                                steps_.inputs[i], steps_.states[i]},
                               gradients.recurrent_kernel, gradients.bias, gradients.recurrent_bias);
    }
    Attention();
  }

 private:
  void Inputs() const {
    const profile::Span span("input gradients");
    float* kernel = call_.layers[0].weights.input_kernel;
    MultiplyTransposed(in_.input, in_.input_size, in_.input_size, steps_.inputs[0], width_, rows_, false, kernel);
    MultiplyStates({in_.initial_feed, batch_, call_.output}, h_, steps_.inputs[0], width_, rows_, kernel + in_.input_size * width_);
    if (call_.d_input == nullptr) return;
    MatMul product;
    product.m = rows_, product.n = in_.input_size, product.k = width_;
    product.a = Factor{steps_.inputs[0], width_, false};
    product.b = Factor{in_.layers[0].weights.input_kernel, width_, true};
    product.c = call_.d_input;
    product.c_stride = in_.input_size;
    Multiply(product);
  }

  /// What layer i > 0 read, masked.
  const float* Read(size_t i) const {
    const float *below = call_.workspace + at_.states[i - 1], *mask = in_.layers[i].input_mask;
    if (mask == nullptr) return below;
    ParallelFor(rows_ * h_, 1 << 15, [&](int64_t begin, int64_t end) { Mask(below + begin, mask + begin, end - begin, steps_.masked + begin); });
    return steps_.masked;
  }

  void Attention() const {
    const profile::Span span("attention gradients");
    const int64_t size = in_.memory.size, width = in_.memory.width;
    const float *top = call_.workspace + at_.states.back(), *contexts = call_.workspace + at_.contexts;
    MultiplyTransposed(contexts, width, width, steps_.combined, h_, rows_, false, call_.d_combine_kernel);
    MultiplyTransposed(top, h_, h_, steps_.combined, h_, rows_, false, call_.d_combine_kernel + width * h_);
    if (call_.d_query_kernel != nullptr) MultiplyTransposed(top, h_, h_, steps_.queries, size, rows_, false, call_.d_query_kernel);
    if (call_.d_score_vector != nullptr) ColumnSum(steps_.score_vectors, batch_, size, call_.d_score_vector);
    AttentionGradients gradients;
    gradients.queries = in_.time_steps;
    gradients.query = call_.workspace + at_.queries;
    gradients.weights = call_.weights;
    gradients.d_scores = steps_.scores;
    gradients.d_context = steps_.contexts;
    gradients.d_context_stride = width;
    gradients.d_keys = call_.d_keys;
    gradients.d_values = call_.d_values;
    AttendGradients(in_.memory, gradients);
  }

  const InputFeedingBackward& call_;
  const InputFeedingInputs& in_;
  const FedGradients& steps_;
  const FedOffsets at_;
  const int64_t h_, width_, batch_, rows_;
};

}  // namespace

Status InputFeedingGradient(const InputFeedingBackward& call) {
  const InputFeedingInputs& in = call.inputs;
  UNROLL_RETURN_IF_ERROR(CheckInputFeeding("InputFeedingSequenceGrad", in));
  const int64_t batch = in.memory.batch_size;
  const FedGradients steps(in);
  if (in.memory.score == AttentionScore::kAdditive)
    std::fill_n(call.d_keys, in.memory.source_steps * batch * in.memory.size, 0.0f);
  if (batch > 0) {
    const int parts = FedBatchParts(in);
    const FedWalkBack walk(call, steps, parts);
    ParallelRun(parts, [&](int part) { walk.Walk(PartBegin(batch, part, parts), PartBegin(batch, part + 1, parts)); });
  }
  FedProducts(call, steps).Run();
  return Status::Ok();
}

}  // namespace unroll
