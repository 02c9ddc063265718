#include "unroll/attention_sequence.h"

#include "napi/arguments.h"
#include "napi/exports.h"

namespace unroll {
namespace {

/// inputKernel, recurrentKernel, bias, recurrentBias; all null where the transition is not there.
Transition ReadTransition(Arguments& in, const AttentionSequenceInputs& s, int64_t input_size, bool wanted) {
  const int64_t width = s.Gates() * s.hidden_size;
  const auto read = [&](const char* name, bool there, Shape shape) {
    const float* floats = there ? in.Floats(name, shape) : in.OptionalFloats(name, shape);
    return there ? floats : nullptr;
  };
  Transition transition;
  transition.input_kernel = read("inputKernel", wanted, {input_size, width});
  transition.recurrent_kernel = read("recurrentKernel", wanted, {s.hidden_size, width});
  transition.bias = read("bias", wanted, {width});
  transition.recurrent_bias = read("recurrentBias", wanted && !s.lstm, {3 * s.hidden_size});
  return transition;
}

int64_t FirstInputSize(const AttentionSequenceInputs& s) { return s.between ? s.input_size : s.input_size + s.memory.width; }

// timeSteps, batchSize, inputSize, hiddenSize, sourceSteps, keySize, valueSize, cell, attends, score, scale, input, ...first, ...second,
// queryKernel | null, scoreVector | null, keys, values, sourceLengths | null, initialH, initialC | null, recurrentDropoutMask | null
AttentionSequenceInputs ReadInputs(Arguments& in) {
  AttentionSequenceInputs s;
  AttentionMemory& memory = s.memory;
  s.time_steps = in.Size("timeSteps");
  memory.batch_size = in.Size("batchSize");
  s.input_size = in.Size("inputSize");
  s.hidden_size = in.Integer("hiddenSize", 1, INT32_MAX);
  memory.source_steps = in.Size("sourceSteps");
  memory.size = in.Integer("keySize", 1, INT32_MAX);
  memory.width = in.Integer("valueSize", 1, INT32_MAX);
  s.lstm = in.Choice("cell", {"gru", "lstm"}) == 1;
  s.between = in.Choice("attends", {"before", "between"}) == 1;
  memory.score = in.Choice("score", {"additive", "dot"}) == 0 ? AttentionScore::kAdditive : AttentionScore::kDot;
  memory.scale = static_cast<float>(in.Number("scale"));
  s.input = in.Floats("input", {s.time_steps, memory.batch_size, s.input_size});
  s.first = ReadTransition(in, s, FirstInputSize(s), true);
  s.second = ReadTransition(in, s, memory.width, s.between);
  s.query_kernel = in.OptionalFloats("queryKernel", {s.hidden_size, memory.size});
  memory.score_vector = memory.score == AttentionScore::kAdditive ? in.Floats("scoreVector", {memory.size}) : in.OptionalFloats("scoreVector", {memory.size});
  memory.keys = in.Floats("keys", {memory.source_steps, memory.batch_size, memory.size});
  memory.values = in.Floats("values", {memory.source_steps, memory.batch_size, memory.width});
  memory.lengths = in.OptionalInts("sourceLengths", {memory.batch_size});
  s.initial_h = in.Floats("initialH", {memory.batch_size, s.hidden_size});
  s.initial_c = s.lstm ? in.Floats("initialC", {memory.batch_size, s.hidden_size}) : in.OptionalFloats("initialC", {memory.batch_size, s.hidden_size});
  s.recurrent_dropout_mask = in.OptionalFloats("recurrentDropoutMask", {memory.batch_size, s.hidden_size});
  if (memory.batch_size == 0) s.time_steps = memory.source_steps = 0;  // no array says how many steps of nothing there are
  return s;
}

// attentionSequence(...inputs, output, contexts, weights, finalH, finalC | null, workspace)
napi_value AttentionSequenceCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "attentionSequence");
  AttentionSequenceForward call;
  const AttentionSequenceInputs& s = call.inputs = ReadInputs(in);
  const int64_t steps = s.time_steps, batch = s.memory.batch_size;
  call.output = in.MutableFloats("output", {steps, batch, s.hidden_size});
  call.contexts = in.MutableFloats("contexts", {steps, batch, s.memory.width});
  call.weights = in.MutableFloats("weights", {steps, batch, s.memory.source_steps});
  call.final_h = in.MutableFloats("finalH", {batch, s.hidden_size});
  call.final_c = s.lstm ? in.MutableFloats("finalC", {batch, s.hidden_size}) : in.OptionalMutableFloats("finalC", {batch, s.hidden_size});
  call.workspace = in.MutableFloats("workspace", {AttentionSequenceWorkspace(s)});
  if (!in.ok()) return nullptr;
  return in.Return(AttentionSequence(call));
}

TransitionGradients ReadTransitionGradients(Arguments& in, const AttentionSequenceInputs& s, int64_t input_size, bool wanted) {
  const int64_t width = s.Gates() * s.hidden_size;
  const auto read = [&](const char* name, bool there, Shape shape) {
    float* floats = there ? in.MutableFloats(name, shape) : in.OptionalMutableFloats(name, shape);
    return there ? floats : nullptr;
  };
  TransitionGradients gradients;
  gradients.input_kernel = read("dInputKernel", wanted, {input_size, width});
  gradients.recurrent_kernel = read("dRecurrentKernel", wanted, {s.hidden_size, width});
  gradients.bias = read("dBias", wanted, {width});
  gradients.recurrent_bias = read("dRecurrentBias", wanted && !s.lstm, {3 * s.hidden_size});
  return gradients;
}

// attentionSequenceGrad(...inputs, output, contexts, weights, workspace, dOutput, dContexts, dWeights, dFinalH, dFinalC | null,
//   dInput | null, ...dFirst, ...dSecond, dQueryKernel | null, dScoreVector | null, dKeys, dValues, dInitialH, dInitialC | null)
napi_value AttentionSequenceGradCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "attentionSequenceGrad");
  AttentionSequenceBackward call;
  const AttentionSequenceInputs& s = call.inputs = ReadInputs(in);
  const AttentionMemory& memory = s.memory;
  const int64_t steps = s.time_steps, batch = memory.batch_size;
  const bool additive = memory.score == AttentionScore::kAdditive;
  call.output = in.Floats("output", {steps, batch, s.hidden_size});
  call.contexts = in.Floats("contexts", {steps, batch, memory.width});
  call.weights = in.Floats("weights", {steps, batch, memory.source_steps});
  call.workspace = in.Floats("workspace", {AttentionSequenceWorkspace(s)});
  call.d_output = in.Floats("dOutput", {steps, batch, s.hidden_size});
  call.d_contexts = in.Floats("dContexts", {steps, batch, memory.width});
  call.d_weights = in.Floats("dWeights", {steps, batch, memory.source_steps});
  call.d_final_h = in.Floats("dFinalH", {batch, s.hidden_size});
  call.d_final_c = s.lstm ? in.Floats("dFinalC", {batch, s.hidden_size}) : in.OptionalFloats("dFinalC", {batch, s.hidden_size});
  call.d_input = in.OptionalMutableFloats("dInput", {steps, batch, s.input_size});
  call.first = ReadTransitionGradients(in, s, FirstInputSize(s), true);
  call.second = ReadTransitionGradients(in, s, memory.width, s.between);
  const Shape query_kernel = {s.hidden_size, memory.size};
  call.d_query_kernel = in.OptionalMutableFloats("dQueryKernel", query_kernel);
  call.d_score_vector = additive ? in.MutableFloats("dScoreVector", {memory.size}) : in.OptionalMutableFloats("dScoreVector", {memory.size});
  call.d_keys = in.MutableFloats("dKeys", {memory.source_steps, batch, memory.size});
  call.d_values = in.MutableFloats("dValues", {memory.source_steps, batch, memory.width});
  call.d_initial_h = in.MutableFloats("dInitialH", {batch, s.hidden_size});
  call.d_initial_c = s.lstm ? in.MutableFloats("dInitialC", {batch, s.hidden_size}) : in.OptionalMutableFloats("dInitialC", {batch, s.hidden_size});
  if (s.query_kernel == nullptr) call.d_query_kernel = nullptr;
  if (!additive) call.d_score_vector = nullptr;
  if (!in.ok()) return nullptr;
  return in.Return(AttentionSequenceGradient(call));
}

const Exports exports({
    {"attentionSequence", Guarded<AttentionSequenceCall>},
    {"attentionSequenceGrad", Guarded<AttentionSequenceGradCall>},
});

}  // namespace
}  // namespace unroll
