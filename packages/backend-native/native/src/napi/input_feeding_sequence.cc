#include "unroll/input_feeding_sequence.h"

#include "napi/arguments.h"
#include "napi/exports.h"

namespace unroll {
namespace {

using Spans = std::vector<Span<float>>;

/// Takes a list with one array for each layer; `numbers(layer)` of them, or none where it may be missing.
template <typename Numbers>
Spans Each(Arguments& in, const char* name, Spans list, size_t layers, bool may_be_missing, Numbers&& numbers) {
  in.Require(list.size() == layers, name, "one array for each layer");
  for (size_t i = 0; i < layers && in.valid(); ++i)
    in.Require(list[i].count == numbers(i) || (may_be_missing && list[i].count == 0), name, "the numbers of its shape for each layer");
  return in.valid() ? list : Spans(layers);
}

/// How many numbers the arrays of a layer hold.
struct LayerNumbers {
  const InputFeedingInputs& s;
  int64_t width() const { return s.Gates() * s.hidden_size; }
  int64_t state() const { return Elements({s.memory.batch_size, s.hidden_size}); }
  int64_t InputKernel(size_t i) const { return Elements({(i == 0 ? s.input_size : 0) + s.hidden_size, width()}); }
  int64_t RecurrentKernel() const { return Elements({s.hidden_size, width()}); }
  int64_t RecurrentBias() const { return s.lstm ? 0 : width(); }
  int64_t InitialC() const { return s.lstm ? state() : 0; }
};

const float* OrNull(const Span<float>& span) { return span.count > 0 ? span.data : nullptr; }

/// inputKernels, recurrentKernels, biases, recurrentBiases, initialHs, initialCs, recurrentMasks, inputMasks
void ReadLayers(Arguments& in, InputFeedingInputs& s) {
  const LayerNumbers numbers{s};
  const int64_t rows = Elements({s.time_steps, s.memory.batch_size, s.hidden_size});
  Spans kernels = in.FloatList("inputKernels");
  const size_t layers = kernels.size();
  in.Require(layers > 0, "inputKernels", "at least one");
  const auto list = [&](const char* name, bool may_be_missing, int64_t count) {
    return Each(in, name, in.FloatList(name), layers, may_be_missing, [count](size_t) { return count; });
  };
  kernels = Each(in, "inputKernels", std::move(kernels), layers, false, [&](size_t i) { return numbers.InputKernel(i); });
  const Spans recurrent_kernels = list("recurrentKernels", false, numbers.RecurrentKernel()), biases = list("biases", false, numbers.width());
  const Spans recurrent_biases = list("recurrentBiases", false, numbers.RecurrentBias());
  const Spans initial_hs = list("initialHs", false, numbers.state()), initial_cs = list("initialCs", false, numbers.InitialC());
  const Spans recurrent_masks = list("recurrentMasks", true, numbers.state()), input_masks = list("inputMasks", true, rows);
  for (size_t i = 0; i < layers && in.valid(); ++i) {
    FedLayer layer;
    layer.weights = {kernels[i].data, recurrent_kernels[i].data, biases[i].data, recurrent_biases[i].data};
    layer.initial_h = initial_hs[i].data, layer.initial_c = initial_cs[i].data;
    layer.recurrent_mask = OrNull(recurrent_masks[i]);
    layer.input_mask = OrNull(input_masks[i]);
    s.layers.push_back(layer);
  }
}

// timeSteps, batchSize, inputSize, hiddenSize, sourceSteps, keySize, valueSize, cell, score, scale, input, ...layers, queryKernel | null,
// combineKernel, initialFeed, scoreVector | null, keys, values, sourceLengths | null
InputFeedingInputs ReadInputs(Arguments& in) {
  InputFeedingInputs s;
  AttentionMemory& memory = s.memory;
  s.time_steps = in.Size("timeSteps");
  memory.batch_size = in.Size("batchSize");
  s.input_size = in.Size("inputSize");
  s.hidden_size = in.Integer("hiddenSize", 1, INT32_MAX);
  memory.source_steps = in.Size("sourceSteps");
  memory.size = in.Integer("keySize", 1, INT32_MAX);
  memory.width = in.Integer("valueSize", 1, INT32_MAX);
  s.lstm = in.Choice("cell", {"gru", "lstm"}) == 1;
  memory.score = in.Choice("score", {"additive", "dot"}) == 0 ? AttentionScore::kAdditive : AttentionScore::kDot;
  memory.scale = static_cast<float>(in.Number("scale"));
  s.input = in.Floats("input", {s.time_steps, memory.batch_size, s.input_size});
  ReadLayers(in, s);
  s.query_kernel = in.OptionalFloats("queryKernel", {s.hidden_size, memory.size});
  s.combine_kernel = in.Floats("combineKernel", {memory.width + s.hidden_size, s.hidden_size});
  s.initial_feed = in.Floats("initialFeed", {memory.batch_size, s.hidden_size});
  const Shape vector = {memory.size};
  memory.score_vector = memory.score == AttentionScore::kAdditive ? in.Floats("scoreVector", vector) : in.OptionalFloats("scoreVector", vector);
  memory.keys = in.Floats("keys", {memory.source_steps, memory.batch_size, memory.size});
  memory.values = in.Floats("values", {memory.source_steps, memory.batch_size, memory.width});
  memory.lengths = in.OptionalInts("sourceLengths", {memory.batch_size});
  if (memory.batch_size == 0) s.time_steps = memory.source_steps = 0;  // no array says how many steps of nothing there are
  return s;
}

// inputFeedingSequence(...inputs, output, weights, workspace)
napi_value InputFeedingSequenceCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "inputFeedingSequence");
  InputFeedingForward call;
  const InputFeedingInputs& s = call.inputs = ReadInputs(in);
  call.output = in.MutableFloats("output", {s.time_steps, s.memory.batch_size, s.hidden_size});
  call.weights = in.MutableFloats("weights", {s.time_steps, s.memory.batch_size, s.memory.source_steps});
  if (!in.valid()) return nullptr;  // without layers there is no workspace
  call.workspace = in.MutableFloats("workspace", {InputFeedingWorkspace(s)});
  if (!in.ok()) return nullptr;
  return in.Return(InputFeedingSequence(call));
}

/// dInputKernels, dRecurrentKernels, dBiases, dRecurrentBiases, dInitialHs, dInitialCs
void ReadLayerGradients(Arguments& in, const InputFeedingInputs& s, std::vector<FedLayerGradients>& gradients) {
  const LayerNumbers numbers{s};
  const size_t layers = s.layers.size();
  const auto list = [&](const char* name, int64_t count) {
    return Each(in, name, in.MutableFloatList(name), layers, false, [count](size_t) { return count; });
  };
  const Spans kernels =
      Each(in, "dInputKernels", in.MutableFloatList("dInputKernels"), layers, false, [&](size_t i) { return numbers.InputKernel(i); });
  const Spans recurrent_kernels = list("dRecurrentKernels", numbers.RecurrentKernel()), biases = list("dBiases", numbers.width());
  const Spans recurrent_biases = list("dRecurrentBiases", numbers.RecurrentBias());
  const Spans initial_hs = list("dInitialHs", numbers.state()), initial_cs = list("dInitialCs", numbers.InitialC());
  for (size_t i = 0; i < layers && in.valid(); ++i)
    gradients.push_back({{kernels[i].data, recurrent_kernels[i].data, biases[i].data, s.lstm ? nullptr : recurrent_biases[i].data},
                         initial_hs[i].data,
                         initial_cs[i].data});
}

// inputFeedingSequenceGrad(...inputs, output, weights, workspace, dOutput, dWeights, dInput | null, ...dLayers, dQueryKernel | null,
//   dCombineKernel, dInitialFeed, dScoreVector | null, dKeys, dValues)
napi_value InputFeedingSequenceGradCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "inputFeedingSequenceGrad");
  InputFeedingBackward call;
  const InputFeedingInputs& s = call.inputs = ReadInputs(in);
  const AttentionMemory& memory = s.memory;
  const int64_t steps = s.time_steps, batch = memory.batch_size;
  const bool additive = memory.score == AttentionScore::kAdditive;
  call.output = in.Floats("output", {steps, batch, s.hidden_size});
  call.weights = in.Floats("weights", {steps, batch, memory.source_steps});
  if (!in.valid()) return nullptr;
  call.workspace = in.Floats("workspace", {InputFeedingWorkspace(s)});
  call.d_output = in.Floats("dOutput", {steps, batch, s.hidden_size});
  call.d_weights = in.Floats("dWeights", {steps, batch, memory.source_steps});
  call.d_input = in.OptionalMutableFloats("dInput", {steps, batch, s.input_size});
  ReadLayerGradients(in, s, call.layers);
  call.d_query_kernel = in.OptionalMutableFloats("dQueryKernel", {s.hidden_size, memory.size});
  call.d_combine_kernel = in.MutableFloats("dCombineKernel", {memory.width + s.hidden_size, s.hidden_size});
  call.d_initial_feed = in.MutableFloats("dInitialFeed", {batch, s.hidden_size});
  const Shape vector = {memory.size};
  call.d_score_vector = additive ? in.MutableFloats("dScoreVector", vector) : in.OptionalMutableFloats("dScoreVector", vector);
  call.d_keys = in.MutableFloats("dKeys", {memory.source_steps, batch, memory.size});
  call.d_values = in.MutableFloats("dValues", {memory.source_steps, batch, memory.width});
  if (s.query_kernel == nullptr) call.d_query_kernel = nullptr;
  if (!additive) call.d_score_vector = nullptr;
  if (!in.ok()) return nullptr;
  return in.Return(InputFeedingGradient(call));
}

const Exports exports({
    {"inputFeedingSequence", Guarded<InputFeedingSequenceCall>},
    {"inputFeedingSequenceGrad", Guarded<InputFeedingSequenceGradCall>},
});

}  // namespace
}  // namespace unroll
