#include "unroll/rnn_sequence.h"

#include "napi/arguments.h"
#include "napi/exports.h"
#include "napi/sequence_arguments.h"

namespace unroll {
namespace {

RnnActivation ReadActivation(Arguments& in) { return static_cast<RnnActivation>(in.Choice("activation", {"tanh", "relu"})); }

// rnnSequence(...sequence, activation, output, finalH)
RnnSequenceForward ReadForward(Arguments& in) {
  RnnSequenceForward call;
  const SequenceInputs& s = call.inputs = ReadSequence(in, 1);
  call.activation = ReadActivation(in);
  call.output = in.MutableFloats("output", {OutputNumbers(s)});
  call.final_h = in.MutableFloats("finalH", {s.batch_size, s.hidden_size});
  return call;
}

template <int kWalks>
napi_value RnnSequenceCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, kWalks == 1 ? "rnnSequence" : "rnnSequencePair");
  RnnSequenceForward calls[kWalks];
  for (RnnSequenceForward& call : calls) call = ReadForward(in);
  if (kWalks > 1) in.AllowSharedResults();
  if (!in.ok()) return nullptr;
  return in.Return(RnnSequence(calls, kWalks));
}

// rnnSequenceGrad(...sequence, activation, output, dOutput, dFinalH, ...gradients)
RnnSequenceBackward ReadBackward(Arguments& in) {
  RnnSequenceBackward call;
  const SequenceInputs& s = call.inputs = ReadSequence(in, 1);
  call.activation = ReadActivation(in);
  call.output = in.Floats("output", {OutputNumbers(s)});
  call.d_output = in.Floats("dOutput", {OutputNumbers(s)});
  call.d_final_h = in.Floats("dFinalH", {s.batch_size, s.hidden_size});
  call.gradients = ReadSequenceGradients(in, s, 1);
  return call;
}

template <int kWalks>
napi_value RnnSequenceGradCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, kWalks == 1 ? "rnnSequenceGrad" : "rnnSequencePairGrad");
  RnnSequenceBackward calls[kWalks];
  for (RnnSequenceBackward& call : calls) call = ReadBackward(in);
  if (kWalks > 1) in.AllowSharedResults();
  if (!in.ok()) return nullptr;
  return in.Return(RnnSequenceGradient(calls, kWalks));
}

const Exports exports({
    {"rnnSequence", Guarded<RnnSequenceCall<1>>},
    {"rnnSequenceGrad", Guarded<RnnSequenceGradCall<1>>},
    {"rnnSequencePair", Guarded<RnnSequenceCall<2>>},
    {"rnnSequencePairGrad", Guarded<RnnSequenceGradCall<2>>},
});

}  // namespace
}  // namespace unroll
