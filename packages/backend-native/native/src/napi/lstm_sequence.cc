#include "unroll/lstm_sequence.h"

#include "napi/arguments.h"
#include "napi/exports.h"
#include "napi/sequence_arguments.h"

namespace unroll {
namespace {

// lstmSequence(...sequence, initialC, output, finalH, finalC, gates, cells)
LstmSequenceForward ReadForward(Arguments& in) {
  LstmSequenceForward call;
  const SequenceInputs& s = call.inputs = ReadSequence(in, 4);
  call.initial_c = in.Floats("initialC", {s.batch_size, s.hidden_size});
  call.output = in.MutableFloats("output", {OutputNumbers(s)});
  call.final_h = in.MutableFloats("finalH", {s.batch_size, s.hidden_size});
  call.final_c = in.MutableFloats("finalC", {s.batch_size, s.hidden_size});
  call.gates = in.MutableFloats("gates", {s.time_steps, s.batch_size, 4 * s.hidden_size});
  call.cells = in.MutableFloats("cells", {s.time_steps, s.batch_size, s.hidden_size});
  return call;
}

template <int kWalks>
napi_value LstmSequenceCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, kWalks == 1 ? "lstmSequence" : "lstmSequencePair");
  LstmSequenceForward calls[kWalks];
  for (LstmSequenceForward& call : calls) call = ReadForward(in);
  if (kWalks > 1) in.AllowSharedResults();
  if (!in.ok()) return nullptr;
  return in.Return(LstmSequence(calls, kWalks));
}

// lstmSequenceGrad(...sequence, initialC, output, gates, cells, dOutput, dFinalH, dFinalC, ...gradients, dInitialC)
LstmSequenceBackward ReadBackward(Arguments& in) {
  LstmSequenceBackward call;
  const SequenceInputs& s = call.inputs = ReadSequence(in, 4);
  call.initial_c = in.Floats("initialC", {s.batch_size, s.hidden_size});
  call.output = in.Floats("output", {OutputNumbers(s)});
  call.gates = in.Floats("gates", {s.time_steps, s.batch_size, 4 * s.hidden_size});
  call.cells = in.Floats("cells", {s.time_steps, s.batch_size, s.hidden_size});
  call.d_output = in.Floats("dOutput", {OutputNumbers(s)});
  call.d_final_h = in.Floats("dFinalH", {s.batch_size, s.hidden_size});
  call.d_final_c = in.Floats("dFinalC", {s.batch_size, s.hidden_size});
  call.gradients = ReadSequenceGradients(in, s, 4);
  call.d_initial_c = in.MutableFloats("dInitialC", {s.batch_size, s.hidden_size});
  return call;
}

template <int kWalks>
napi_value LstmSequenceGradCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, kWalks == 1 ? "lstmSequenceGrad" : "lstmSequencePairGrad");
  LstmSequenceBackward calls[kWalks];
  for (LstmSequenceBackward& call : calls) call = ReadBackward(in);
  if (kWalks > 1) in.AllowSharedResults();
  if (!in.ok()) return nullptr;
  return in.Return(LstmSequenceGradient(calls, kWalks));
}

const Exports exports({
    {"lstmSequence", Guarded<LstmSequenceCall<1>>},
    {"lstmSequenceGrad", Guarded<LstmSequenceGradCall<1>>},
    {"lstmSequencePair", Guarded<LstmSequenceCall<2>>},
    {"lstmSequencePairGrad", Guarded<LstmSequenceGradCall<2>>},
});

}  // namespace
}  // namespace unroll
