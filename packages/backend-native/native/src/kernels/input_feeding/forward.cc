#include "kernels/attention_sequence/cell_steps.h"
#include "kernels/input_feeding/parts.h"
#include "matmul/scratch.h"
#include "parallel/thread_pool.h"

namespace unroll {
namespace {

/// One layer's matrices and cell.
struct PackedLayer {
  SharedProduct input, recurrent;
  CellStep cell;
};

/// The walk over time; each thread takes some rows of the batch through all steps.
class FedWalk {
 public:
  FedWalk(const InputFeedingForward& call, int parts)
      : call_(call), in_(call.inputs), at_(in_), h_(in_.hidden_size), width_(in_.Gates() * h_), batch_(in_.memory.batch_size),
        rows_((batch_ + parts - 1) / parts), query_(Product(in_.query_kernel, h_, in_.memory.size)),
        combine_context_(Product(in_.combine_kernel, in_.memory.width, h_)), combine_state_(Product(CombineStateKernel(in_), h_, h_)) {
    for (size_t i = 0; i < in_.layers.size(); ++i) {
      const FedLayer& layer = in_.layers[i];
      const float* input_kernel = i == 0 ? FeedKernel(in_) : layer.weights.input_kernel;
      layers_.push_back({Product(input_kernel, h_, width_), Product(layer.weights.recurrent_kernel, h_, width_),
                         CellStep(in_.lstm, h_, layer.recurrent_mask)});
    }
  }

  void Walk(int64_t begin, int64_t end) const {
    const int64_t count = end - begin;
    float* masked = ThreadScratch(ScratchSlot::kProducts, count * h_ + layers_[0].cell.ScratchNumbers(count));
    float* scratch = masked + count * h_;
    profile::Laps laps;
    for (int64_t t = 0; t < in_.time_steps; ++t) {
      const int64_t row = t * batch_ + begin;
      const float* below = t == 0 ? in_.initial_feed + begin * h_ : call_.output + (row - batch_) * h_;
      for (size_t i = 0; i < layers_.size(); ++i) below = Layer(i, t, {begin, count}, below, masked, scratch, laps);
      Attend(t, below, {begin, count}, laps);
      float* output = call_.output + row * h_;
      combine_context_.Multiply(count, Kept(at_.contexts, row, in_.memory.width), in_.memory.width, output, h_, false);
      combine_state_.Multiply(count, below, h_, output, h_, true);
      TanhRows(output, count * h_);
      laps.Lap("combination", combine_context_.Operations(count) + combine_state_.Operations(count));
    }
  }

 private:
  struct Batch {
    int64_t begin, count;
  };

  SharedProduct Product(const float* matrix, int64_t k, int64_t n) const {
    return SharedProduct(Factor{matrix, n, false}, k, n, rows_, in_.time_steps);
  }

  float* Kept(int64_t kind, int64_t row, int64_t width) const { return call_.workspace + kind + row * width; }

  /// One step of layer i from the states below it; the answer is its own.
  const float* Layer(size_t i, int64_t t, Batch batch, const float* below, float* masked, float* scratch, profile::Laps& laps) const {
    const FedLayer& layer = in_.layers[i];
    const PackedLayer& packed = layers_[i];
    const int64_t row = t * batch_ + batch.begin, before = row - batch_, first = batch.begin * h_;
    const CellRows rows{t == 0 ? layer.initial_h + first : Kept(at_.states[i], before, h_),
                        !in_.lstm ? nullptr : t == 0 ? layer.initial_c + first : Kept(at_.cells[i], before, h_),
                        Kept(at_.gates[i], row, 4 * h_), in_.lstm ? Kept(at_.cells[i], row, h_) : nullptr, Kept(at_.states[i], row, h_)};
    if (layer.input_mask != nullptr) Mask(below, layer.input_mask + row * h_, batch.count * h_, masked);
    packed.input.Multiply(batch.count, layer.input_mask == nullptr ? below : masked, h_, rows.gates, 4 * h_, i == 0);
    laps.Lap("input product", packed.input.Operations(batch.count));
    packed.cell.Run(packed.recurrent, layer.weights, batch.begin, batch.count, rows, scratch, laps);
    return rows.h;
  }

  void Attend(int64_t t, const float* h, Batch batch, profile::Laps& laps) const {
    const int64_t size = in_.memory.size, row = t * batch_;
    float* queries = Kept(at_.queries, row, size);
    if (in_.query_kernel != nullptr) {
      query_.Multiply(batch.count, h, h_, queries + batch.begin * size, size, false);
      laps.Lap("query product", query_.Operations(batch.count));
    }
    AttentionStep step;
    step.query = queries;
    step.weights = call_.weights + row * in_.memory.source_steps;
    step.context = Kept(at_.contexts, row, in_.memory.width);
    step.context_stride = in_.memory.width;
    AttendRows(in_.memory, step, batch.begin, batch.begin + batch.count);
    laps.Lap("attention");
  }

  const InputFeedingForward& call_;
  const InputFeedingInputs& in_;
  const FedOffsets at_;
  const int64_t h_, width_, batch_, rows_;
  const SharedProduct query_, combine_context_, combine_state_;
  std::vector<PackedLayer> layers_;
};

/// Of all steps at once, into the gates of the first layer.
void MultiplyInputs(const InputFeedingForward& call) {
  const InputFeedingInputs& in = call.inputs;
  const profile::Span span("input product");
  MatMul product;
  product.m = in.time_steps * in.memory.batch_size, product.n = in.Gates() * in.hidden_size, product.k = in.input_size;
  product.a = Factor{in.input, in.input_size, false};
  product.b = Factor{in.layers[0].weights.input_kernel, product.n, false};
  product.c = call.workspace + FedOffsets(in).gates[0];
  product.c_stride = 4 * in.hidden_size;
  Multiply(product);
}

}  // namespace

Status InputFeedingSequence(const InputFeedingForward& call) {
  const InputFeedingInputs& in = call.inputs;
  UNROLL_RETURN_IF_ERROR(CheckInputFeeding("InputFeedingSequence", in));
  const int64_t batch = in.memory.batch_size;
  if (batch == 0 || in.time_steps == 0) return Status::Ok();
  MultiplyInputs(call);
  const int parts = FedBatchParts(in);
  const FedWalk walk(call, parts);
  ParallelRun(parts, [&](int part) { walk.Walk(PartBegin(batch, part, parts), PartBegin(batch, part + 1, parts)); });
  return Status::Ok();
}

}  // namespace unroll
