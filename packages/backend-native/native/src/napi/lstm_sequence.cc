#include "unroll/lstm_sequence.h"

#include "napi/arguments.h"
#include "napi/exports.h"
#include "napi/sequence_arguments.h"

namespace unroll {
namespace {

// lstmSequence(...sequence, initialC, output, finalH, finalC, gates, cells)
napi_value LstmSequenceCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "lstmSequence");
  LstmSequenceForward call;
  const SequenceInputs& s = call.inputs = ReadSequence(in, 4);
  call.initial_c = in.Floats("initialC", {s.batch_size, s.hidden_size});
  call.output = in.MutableFloats("output", {s.time_steps, s.batch_size, s.hidden_size});
  call.final_h = in.MutableFloats("finalH", {s.batch_size, s.hidden_size});
  call.final_c = in.MutableFloats("finalC", {s.batch_size, s.hidden_size});
  call.gates = in.MutableFloats("gates", {s.time_steps, s.batch_size, 4 * s.hidden_size});
  call.cells = in.MutableFloats("cells", {s.time_steps, s.batch_size, s.hidden_size});
  if (!in.ok()) return nullptr;
  return in.Return(LstmSequence(call));
}

// lstmSequenceGrad(...sequence, initialC, output, gates, cells, dOutput, dFinalH, dFinalC, ...gradients, dInitialC)
napi_value LstmSequenceGradCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "lstmSequenceGrad");
  LstmSequenceBackward call;
  const SequenceInputs& s = call.inputs = ReadSequence(in, 4);
  call.initial_c = in.Floats("initialC", {s.batch_size, s.hidden_size});
  call.output = in.Floats("output", {s.time_steps, s.batch_size, s.hidden_size});
  call.gates = in.Floats("gates", {s.time_steps, s.batch_size, 4 * s.hidden_size});
  call.cells = in.Floats("cells", {s.time_steps, s.batch_size, s.hidden_size});
  call.d_output = in.Floats("dOutput", {s.time_steps, s.batch_size, s.hidden_size});
  call.d_final_h = in.Floats("dFinalH", {s.batch_size, s.hidden_size});
  call.d_final_c = in.Floats("dFinalC", {s.batch_size, s.hidden_size});
  call.gradients = ReadSequenceGradients(in, s, 4);
  call.d_initial_c = in.MutableFloats("dInitialC", {s.batch_size, s.hidden_size});
  if (!in.ok()) return nullptr;
  return in.Return(LstmSequenceGradient(call));
}

const Exports exports({
    {"lstmSequence", Guarded<LstmSequenceCall>},
    {"lstmSequenceGrad", Guarded<LstmSequenceGradCall>},
});

}  // namespace
}  // namespace unroll
