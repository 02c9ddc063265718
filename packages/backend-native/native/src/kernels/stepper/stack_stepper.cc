#include "unroll/stack_stepper.h"

#include <chrono>
#include <cstring>

#include "kernels/stepper/prepared_stepper.h"

namespace unroll {
namespace {

/// One step of a stepper. Its phases, the layers and then the head, each need the whole of the one before.
class Step {
 public:
  Step(PreparedStepper& prepared, const StepCall& call)
      : p_(prepared), call_(call), lanes_(prepared.functions.lanes), sums_stride_(kPanelVectors * lanes_) {}

  void Run() {
    GatherVectors();
    const size_t phases = p_.layers.size() + (p_.has_head && call_.output != nullptr ? 1 : 0);
    if (p_.threads > 1 && p_.threads <= ThreadCount() && !InsideParallel() && p_.pace.IsTogether()) {
      const auto begin = std::chrono::steady_clock::now();
      RunTogether(phases);
      p_.pace.TookTogether(std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - begin).count());
    } else {
      for (size_t phase = 0; phase < phases; ++phase)
        for (size_t thread = 0; thread < p_.shares.size(); ++thread) RunPhase(phase, thread);
    }
    KeepState();
  }

 private:
  void RunTogether(size_t phases) {
    ParallelRun(p_.threads, [&](int thread) {
      for (size_t phase = 0; phase < phases; ++phase) {
        if (phase > 0) p_.barrier.Wait();
        RunPhase(phase, static_cast<size_t>(thread));
      }
    });
  }

  void GatherVectors() {
    if (p_.embedded.size() == 0) return;
    for (int64_t b = 0; b < p_.batch_size; ++b)
      std::memcpy(p_.embedded.data() + b * p_.input_size, p_.embedding.data() + call_.ids[b] * p_.input_size,
                  static_cast<size_t>(p_.input_size) * sizeof(float));
  }

  void RunPhase(size_t phase, size_t thread) {
    if (phase < p_.layers.size()) {
      RunLayer(phase, thread);
    } else {
      RunHead(thread);
    }
  }

  void RunLayer(size_t index, size_t thread) {
    PreparedLayer& layer = p_.layers[index];
    ThreadShare& share = p_.shares[thread];
    float* h = call_.state + layer.state;
    const bool is_kept = index == 0 && p_.KeepsProducts();
    if (is_kept)
      for (int64_t b = 0; b < p_.batch_size; ++b) KeepProduct(thread, call_.ids[b]);
    const float* x = index > 0 ? p_.layers[index - 1].next_h.data() : call_.vectors != nullptr ? call_.vectors : p_.embedded.data();
    for (const PanelGroup& group : layer.panels.shares[thread]) {
      float* sums = share.sums.data();
      for (int64_t b = 0; b < p_.batch_size; ++b) {
        const float* start = is_kept ? p_.kept.data() + call_.ids[b] * layer.panels.width : layer.panels.bias.data();
        std::memcpy(sums + b * sums_stride_, start + group.offset, Bytes(group.vectors * lanes_));
      }
      if (!is_kept) Multiply(group, group.input, {x, layer.input_size, p_.batch_size, layer.input_size, nullptr, sums, sums_stride_});
      float* recurrent_sums = sums;
      if (layer.cell == StepCell::kGru) {
        recurrent_sums = share.recurrent_sums.data();
        for (int64_t b = 0; b < p_.batch_size; ++b)
          std::memcpy(recurrent_sums + b * sums_stride_, layer.panels.recurrent_bias.data() + group.offset, Bytes(group.vectors * lanes_));
      }
      Multiply(group, group.recurrent, {h, p_.hidden_size, p_.batch_size, p_.hidden_size, nullptr, recurrent_sums, sums_stride_});
      float* c = layer.cell == StepCell::kLstm ? h + p_.batch_size * p_.hidden_size + group.first : nullptr;
      p_.functions.gates[static_cast<int>(layer.cell)](
          {p_.batch_size, group.count, sums, recurrent_sums, h + group.first, c, layer.next_h.data() + group.first, p_.hidden_size});
    }
  }

  void RunHead(size_t thread) {
    const float* hidden = p_.layers.back().next_h.data();
    float* sums = p_.shares[thread].sums.data();
    for (const PanelGroup& group : p_.head.shares[thread]) {
      for (int64_t b = 0; b < p_.batch_size; ++b)
        std::memcpy(sums + b * sums_stride_, p_.head.bias.data() + group.offset, Bytes(group.vectors * lanes_));
      Multiply(group, group.input, {hidden, p_.hidden_size, p_.batch_size, p_.hidden_size, nullptr, sums, sums_stride_});
      for (int64_t b = 0; b < p_.batch_size; ++b)
        std::memcpy(call_.output + b * p_.output_size + group.first, sums + b * sums_stride_, Bytes(group.count));
    }
  }

  /// The thread's part of what an id gives to the first layer, unless it is known.
  void KeepProduct(size_t thread, int32_t id) {
    ThreadShare& share = p_.shares[thread];
    if (share.is_kept[static_cast<size_t>(id)] != 0) return;
    const PreparedLayer& first = p_.layers[0];
    float* row = p_.kept.data() + id * first.panels.width;
    const float* x = p_.embedding.data() + id * p_.input_size;
    for (const PanelGroup& group : first.panels.shares[thread]) {
      std::memcpy(row + group.offset, first.panels.bias.data() + group.offset, Bytes(group.vectors * lanes_));
      Multiply(group, group.input, {x, p_.input_size, 1, p_.input_size, nullptr, row + group.offset, 0});
    }
    share.is_kept[static_cast<size_t>(id)] = 1;
  }

  void Multiply(const PanelGroup& group, const float* panel, PanelProduct product) {
    product.panel = panel;
    p_.functions.multiply[group.vectors](product);
  }

  void KeepState() {
    const size_t bytes = Bytes(p_.batch_size * p_.hidden_size);
    for (PreparedLayer& layer : p_.layers) std::memcpy(call_.state + layer.state, layer.next_h.data(), bytes);
    if (!p_.has_head && call_.output != nullptr) std::memcpy(call_.output, p_.layers.back().next_h.data(), bytes);
  }

  static size_t Bytes(int64_t numbers) { return static_cast<size_t>(numbers) * sizeof(float); }

  PreparedStepper& p_;
  const StepCall& call_;
  const int lanes_;
  const int64_t sums_stride_;
};

}  // namespace

StackStepper::StackStepper(const StepperWeights& weights) : prepared_(std::make_unique<PreparedStepper>(weights)) {}
StackStepper::~StackStepper() = default;

Status StackStepper::Step(const StepCall& call) {
  for (int64_t b = 0; prepared_->input != StepInput::kVector && b < prepared_->batch_size; ++b)
    if (call.ids[b] < 0 || call.ids[b] >= prepared_->id_count)
      return Status::Invalid("unroll: StackStepper: input[%lld] must be in [0, %lld), got %d", static_cast<long long>(b),
                             static_cast<long long>(prepared_->id_count), call.ids[b]);
  unroll::Step(*prepared_, call).Run();
  return Status::Ok();
}

StepInput StackStepper::input() const { return prepared_->input; }
int64_t StackStepper::batch_size() const { return prepared_->batch_size; }
int64_t StackStepper::input_size() const { return prepared_->input_size; }
int64_t StackStepper::state_size() const { return prepared_->state_size; }
int64_t StackStepper::output_size() const { return prepared_->output_size; }
int64_t StackStepper::bytes() const { return prepared_->bytes; }

}  // namespace unroll
