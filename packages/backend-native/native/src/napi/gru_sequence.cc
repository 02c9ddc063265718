#include "unroll/gru_sequence.h"

#include "napi/arguments.h"
#include "napi/exports.h"
#include "napi/sequence_arguments.h"

namespace unroll {
namespace {

// gruSequence(...sequence, recurrentBias, output, finalH, gates)
napi_value GruSequenceCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "gruSequence");
  GruSequenceForward call;
  const SequenceInputs& s = call.inputs = ReadSequence(in, 3);
  call.recurrent_bias = in.Floats("recurrentBias", {3 * s.hidden_size});
  call.output = in.MutableFloats("output", {s.time_steps, s.batch_size, s.hidden_size});
  call.final_h = in.MutableFloats("finalH", {s.batch_size, s.hidden_size});
  call.gates = in.MutableFloats("gates", {s.time_steps, s.batch_size, 4 * s.hidden_size});
  if (!in.ok()) return nullptr;
  return in.Return(GruSequence(call));
}

// gruSequenceGrad(...sequence, recurrentBias, output, gates, dOutput, dFinalH, ...gradients, dRecurrentBias)
napi_value GruSequenceGradCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "gruSequenceGrad");
  GruSequenceBackward call;
  const SequenceInputs& s = call.inputs = ReadSequence(in, 3);
  call.recurrent_bias = in.Floats("recurrentBias", {3 * s.hidden_size});
  call.output = in.Floats("output", {s.time_steps, s.batch_size, s.hidden_size});
  call.gates = in.Floats("gates", {s.time_steps, s.batch_size, 4 * s.hidden_size});
  call.d_output = in.Floats("dOutput", {s.time_steps, s.batch_size, s.hidden_size});
  call.d_final_h = in.Floats("dFinalH", {s.batch_size, s.hidden_size});
  call.gradients = ReadSequenceGradients(in, s, 3);
  call.recurrent_bias_gradient = in.MutableFloats("dRecurrentBias", {3 * s.hidden_size});
  if (!in.ok()) return nullptr;
  return in.Return(GruSequenceGradient(call));
}

const Exports exports({
    {"gruSequence", Guarded<GruSequenceCall>},
    {"gruSequenceGrad", Guarded<GruSequenceGradCall>},
});

}  // namespace
}  // namespace unroll
