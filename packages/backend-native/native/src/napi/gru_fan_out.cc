#include "unroll/gru_fan_out.h"

#include "napi/arguments.h"
#include "napi/exports.h"

namespace unroll {
namespace {

GruFanOutInputs ReadInputs(Arguments& in) {
  GruFanOutInputs call;
  call.states = in.Size("states");
  call.fan_out = in.Size("fanOut");
  call.input_rows = in.Size("inputRows");
  call.hidden_size = in.Size("hiddenSize");
  call.input_products = in.Floats("inputProducts", {call.input_rows, 3 * call.hidden_size});
  call.state_products = in.Floats("stateProducts", {call.states, 3 * call.hidden_size});
  call.state = in.Floats("state", {call.states, call.hidden_size});
  // Without units no array backs the rows, and a long loop would do nothing.
  in.Require(call.hidden_size > 0 || (call.states == 0 && call.input_rows == 0), "hiddenSize", "at least 1");
  return call;
}

// gruFanOut(states, fanOut, inputRows, hiddenSize, inputProducts, stateProducts, state, output)
napi_value GruFanOutCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "gruFanOut");
  const GruFanOutInputs call = ReadInputs(in);
  float* output = in.MutableFloats("output", {call.states, call.fan_out, call.hidden_size});
  if (!in.ok()) return nullptr;
  return in.Return(GruFanOut(call, output));
}

// gruFanOutGrad(states, fanOut, inputRows, hiddenSize, inputProducts, stateProducts, state, dOutput, dInputProducts, dStateProducts, dState)
napi_value GruFanOutGradCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "gruFanOutGrad");
  const GruFanOutInputs call = ReadInputs(in);
  GruFanOutGradients out;
  out.d_output = in.Floats("dOutput", {call.states, call.fan_out, call.hidden_size});
  out.d_input_products = in.MutableFloats("dInputProducts", {call.input_rows, 3 * call.hidden_size});
  out.d_state_products = in.MutableFloats("dStateProducts", {call.states, 3 * call.hidden_size});
  out.d_state = in.MutableFloats("dState", {call.states, call.hidden_size});
  if (!in.ok()) return nullptr;
  return in.Return(GruFanOutGradient(call, out));
}

const Exports exports({{"gruFanOut", Guarded<GruFanOutCall>}, {"gruFanOutGrad", Guarded<GruFanOutGradCall>}});

}  // namespace
}  // namespace unroll
