#include "unroll/rnn_sequence.h"

#include "napi/arguments.h"
#include "napi/exports.h"
#include "napi/sequence_arguments.h"

namespace unroll {
namespace {

RnnActivation ReadActivation(Arguments& in) { return static_cast<RnnActivation>(in.Choice("activation", {"tanh", "relu"})); }

// rnnSequence(...sequence, activation, output, finalH)
napi_value RnnSequenceCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "rnnSequence");
  RnnSequenceForward call;
  const SequenceInputs& s = call.inputs = ReadSequence(in, 1);
  call.activation = ReadActivation(in);
  call.output = in.MutableFloats("output", {s.time_steps, s.batch_size, s.hidden_size});
  call.final_h = in.MutableFloats("finalH", {s.batch_size, s.hidden_size});
  if (!in.ok()) return nullptr;
  return in.Return(RnnSequence(call));
}

// rnnSequenceGrad(...sequence, activation, output, dOutput, dFinalH, ...gradients)
napi_value RnnSequenceGradCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "rnnSequenceGrad");
  RnnSequenceBackward call;
  const SequenceInputs& s = call.inputs = ReadSequence(in, 1);
  call.activation = ReadActivation(in);
  call.output = in.Floats("output", {s.time_steps, s.batch_size, s.hidden_size});
  call.d_output = in.Floats("dOutput", {s.time_steps, s.batch_size, s.hidden_size});
  call.d_final_h = in.Floats("dFinalH", {s.batch_size, s.hidden_size});
  call.gradients = ReadSequenceGradients(in, s, 1);
  if (!in.ok()) return nullptr;
  return in.Return(RnnSequenceGradient(call));
}

const Exports exports({
    {"rnnSequence", Guarded<RnnSequenceCall>},
    {"rnnSequenceGrad", Guarded<RnnSequenceGradCall>},
});

}  // namespace
}  // namespace unroll
