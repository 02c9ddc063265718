#include "unroll/gru_sequence.h"

#include "napi/arguments.h"
#include "napi/exports.h"
#include "napi/sequence_arguments.h"

namespace unroll {
namespace {

// gruSequence(...sequence, recurrentBias, output, finalH, gates)
GruSequenceForward ReadForward(Arguments& in) {
  GruSequenceForward call;
  const SequenceInputs& s = call.inputs = ReadSequence(in, 3);
  call.recurrent_bias = in.Floats("recurrentBias", {3 * s.hidden_size});
  call.output = in.MutableFloats("output", {OutputNumbers(s)});
  call.final_h = in.MutableFloats("finalH", {s.batch_size, s.hidden_size});
  call.gates = in.MutableFloats("gates", {s.time_steps, s.batch_size, 4 * s.hidden_size});
  return call;
}

template <int kWalks>
napi_value GruSequenceCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, kWalks == 1 ? "gruSequence" : "gruSequencePair");
  GruSequenceForward calls[kWalks];
  for (GruSequenceForward& call : calls) call = ReadForward(in);
  if (kWalks > 1) in.AllowSharedResults();
  if (!in.ok()) return nullptr;
  return in.Return(GruSequence(calls, kWalks));
}

// gruSequenceGrad(...sequence, recurrentBias, output, gates, dOutput, dFinalH, ...gradients, dRecurrentBias)
GruSequenceBackward ReadBackward(Arguments& in) {
  GruSequenceBackward call;
  const SequenceInputs& s = call.inputs = ReadSequence(in, 3);
  call.recurrent_bias = in.Floats("recurrentBias", {3 * s.hidden_size});
  call.output = in.Floats("output", {OutputNumbers(s)});
  call.gates = in.Floats("gates", {s.time_steps, s.batch_size, 4 * s.hidden_size});
  call.d_output = in.Floats("dOutput", {OutputNumbers(s)});
  call.d_final_h = in.Floats("dFinalH", {s.batch_size, s.hidden_size});
  call.gradients = ReadSequenceGradients(in, s, 3);
  call.recurrent_bias_gradient = in.MutableFloats("dRecurrentBias", {3 * s.hidden_size});
  return call;
}

template <int kWalks>
napi_value GruSequenceGradCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, kWalks == 1 ? "gruSequenceGrad" : "gruSequencePairGrad");
  GruSequenceBackward calls[kWalks];
  for (GruSequenceBackward& call : calls) call = ReadBackward(in);
  if (kWalks > 1) in.AllowSharedResults();
  if (!in.ok()) return nullptr;
  return in.Return(GruSequenceGradient(calls, kWalks));
}

const Exports exports({
    {"gruSequence", Guarded<GruSequenceCall<1>>},
    {"gruSequenceGrad", Guarded<GruSequenceGradCall<1>>},
    {"gruSequencePair", Guarded<GruSequenceCall<2>>},
    {"gruSequencePairGrad", Guarded<GruSequenceGradCall<2>>},
});

}  // namespace
}  // namespace unroll
