#include "unroll/stack_stepper.h"

#include <memory>

#include "napi/arguments.h"
#include "napi/exports.h"

namespace unroll {
namespace {

// Random; marks the objects that hold a stepper.
constexpr napi_type_tag kStepperTag{0x6b1d3f0a4c2e9857, 0x93a7e15cd84b2f60};

/// What a JavaScript object holds; the stepper is gone once it is disposed.
struct Holder {
  std::unique_ptr<StackStepper> stepper;
};

/// Tells the garbage collector what an object costs beyond its own size.
void AdjustMemory(napi_env env, int64_t bytes) {
  int64_t ignored = 0;
  napi_adjust_external_memory(env, bytes, &ignored);
}

void Release(napi_env env, Holder& holder) {
  if (holder.stepper == nullptr) return;
  AdjustMemory(env, -holder.stepper->bytes());
  holder.stepper.reset();
}

napi_value Hold(napi_env env, std::unique_ptr<StackStepper> stepper) {
  auto holder = std::make_unique<Holder>();
  holder->stepper = std::move(stepper);
  napi_value object;
  const auto collect = [](napi_env env, void* data, void*) {
    std::unique_ptr<Holder> holder(static_cast<Holder*>(data));
    Release(env, *holder);
  };
  if (napi_create_object(env, &object) != napi_ok || napi_type_tag_object(env, object, &kStepperTag) != napi_ok ||
      napi_wrap(env, object, holder.get(), collect, nullptr, nullptr) != napi_ok)
    return nullptr;
  AdjustMemory(env, holder->stepper->bytes());
  holder.release();
  return object;
}

/// `count` arrays of exactly `numbers` each.
std::vector<Span<float>> Kernels(Arguments& in, const char* name, size_t count) {
  std::vector<Span<float>> list = in.FloatList(name);
  in.Require(list.size() == count, name, "one array for each layer");
  return in.valid() ? list : std::vector<Span<float>>(count);
}

void ReadLayers(Arguments& in, StepperWeights& w) {
  const Span<int32_t> cells = in.IntSpan("cells");
  in.Require(cells.count > 0, "cells", "at least one");
  const size_t count = in.valid() ? static_cast<size_t>(cells.count) : 0;
  const auto input_kernels = Kernels(in, "inputKernels", count), recurrent_kernels = Kernels(in, "recurrentKernels", count);
  const auto biases = Kernels(in, "biases", count), recurrent_biases = Kernels(in, "recurrentBiases", count);
  for (size_t l = 0; l < count && in.valid(); ++l) {
    in.Require(cells.data[l] >= 0 && cells.data[l] <= 3, "cells", "0 (LSTM), 1 (GRU), 2 (tanh) or 3 (relu)");
    if (!in.valid()) return;
    StepLayer layer;
    layer.cell = static_cast<StepCell>(cells.data[l]);
    const int64_t inputs = l == 0 ? w.input_size : w.hidden_size;
    const int64_t width = (layer.cell == StepCell::kLstm ? 4 : layer.cell == StepCell::kGru ? 3 : 1) * w.hidden_size;
    in.Require(input_kernels[l].count == Elements({inputs, width}), "inputKernels", "[inputs, gates * hiddenSize] numbers for each layer");
    in.Require(recurrent_kernels[l].count == Elements({w.hidden_size, width}), "recurrentKernels",
               "[hiddenSize, gates * hiddenSize] numbers for each layer");
    in.Require(biases[l].count == width, "biases", "[gates * hiddenSize] numbers for each layer");
    in.Require(recurrent_biases[l].count == (layer.cell == StepCell::kGru ? width : 0), "recurrentBiases",
               "[3 * hiddenSize] numbers for a GRU, none for another layer");
    layer.input_kernel = input_kernels[l].data, layer.recurrent_kernel = recurrent_kernels[l].data;
    layer.bias = biases[l].data, layer.recurrent_bias = recurrent_biases[l].data;
    w.layers.push_back(layer);
  }
}

// prepareStepper(batchSize, inputSize, hiddenSize, cells, inputKernels, recurrentKernels, biases, recurrentBiases,
//   input, idCount, embedding, outputSize, headKernel, transposeHead, headBias)
napi_value PrepareCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "prepareStepper");
  StepperWeights w;
  w.batch_size = in.Integer("batchSize", 1, 1 << 20);
  w.input_size = in.Integer("inputSize", 1, INT32_MAX);
  w.hidden_size = in.Integer("hiddenSize", 1, INT32_MAX);
  ReadLayers(in, w);
  w.input = static_cast<StepInput>(in.Choice("input", {"vector", "embedded", "oneHot"}));
  const bool embedded = w.input == StepInput::kEmbedded;
  w.id_count = in.Size("idCount");
  in.Require(embedded == (w.id_count > 0), "idCount", "the rows of the embedding, or 0 without one");
  w.embedding = in.OptionalFloats("embedding", {w.id_count, w.input_size});
  in.Require(embedded == (w.embedding != nullptr), "embedding", "given for embedded inputs alone");
  w.output_size = in.Size("outputSize");
  w.head_kernel = in.OptionalFloats("headKernel", {w.hidden_size, w.output_size});
  in.Require((w.output_size > 0) == (w.head_kernel != nullptr), "headKernel", "given for outputSize > 0 alone");
  w.transpose_head = in.Flag("transposeHead");
  w.head_bias = in.OptionalFloats("headBias", {w.output_size});
  if (!in.ok()) return nullptr;
  return Hold(env, std::make_unique<StackStepper>(w));
}

Holder* ReadHolder(Arguments& in) { return static_cast<Holder*>(in.Wrapped("stepper", kStepperTag)); }

// runStepper(stepper, input, state, output)
napi_value RunCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "runStepper");
  const Holder* holder = ReadHolder(in);
  in.Require(holder == nullptr || holder->stepper != nullptr, "stepper", "one that is not disposed");
  if (!in.valid()) return nullptr;
  StackStepper& stepper = *holder->stepper;
  StepCall call;
  if (stepper.input() == StepInput::kVector) {
    call.vectors = in.Floats("input", {stepper.batch_size(), stepper.input_size()});
  } else {
    call.ids = in.Ints("input", {stepper.batch_size()});
  }
  call.state = in.MutableFloats("state", {stepper.state_size()});
  call.output = in.OptionalMutableFloats("output", {stepper.batch_size(), stepper.output_size()});
  if (!in.ok()) return nullptr;
  return in.Return(stepper.Step(call));
}

// disposeStepper(stepper)
napi_value DisposeCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "disposeStepper");
  Holder* holder = ReadHolder(in);
  if (!in.ok()) return nullptr;
  Release(env, *holder);
  return nullptr;
}

const Exports exports({
    {"prepareStepper", Guarded<PrepareCall>},
    {"runStepper", Guarded<RunCall>},
    {"disposeStepper", Guarded<DisposeCall>},
});

}  // namespace
}  // namespace unroll
