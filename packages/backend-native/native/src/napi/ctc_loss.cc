#include "unroll/ctc_loss.h"

#include "napi/arguments.h"
#include "napi/exports.h"

namespace unroll {
namespace {

/// What both calls begin with: timeSteps, batchSize, symbols, mostLabels, blank, logits, labels, labelLengths, lengths.
CtcCall ReadCall(Arguments& in) {
  CtcCall call;
  call.time_steps = in.Size("timeSteps");
  call.batch_size = in.Size("batchSize");
  call.symbols = in.Integer("symbols", 1, INT32_MAX);
  call.most_labels = in.Integer("mostLabels", 0, INT32_MAX - 1);
  call.blank = static_cast<int32_t>(in.Integer("blank", 0, call.symbols - 1));
  call.logits = in.Floats("logits", {call.time_steps, call.batch_size, call.symbols});
  call.labels = in.Ints("labels", {call.batch_size, call.most_labels});
  call.label_lengths = in.Ints("labelLengths", {call.batch_size});
  call.lengths = in.Ints("lengths", {call.batch_size});
  return call;
}

// ctcLoss(...call, losses, occupancy or null)
napi_value CtcLossCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "ctcLoss");
  const CtcCall call = ReadCall(in);
  float* losses = in.MutableFloats("losses", {call.batch_size});
  float* occupancy = in.OptionalMutableFloats("occupancy", {call.time_steps, call.batch_size, call.most_labels + 1});
  if (!in.ok()) return nullptr;
  return in.Return(CtcLoss(call, losses, occupancy));
}

// ctcLossGrad(...call, losses, occupancy, dLosses, dLogits)
napi_value CtcLossGradCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "ctcLossGrad");
  const CtcCall call = ReadCall(in);
  CtcGradient gradient;
  gradient.losses = in.Floats("losses", {call.batch_size});
  gradient.occupancy = in.Floats("occupancy", {call.time_steps, call.batch_size, call.most_labels + 1});
  gradient.d_losses = in.Floats("dLosses", {call.batch_size});
  gradient.d_logits = in.MutableFloats("dLogits", {call.time_steps, call.batch_size, call.symbols});
  if (!in.ok()) return nullptr;
  return in.Return(CtcLossGradient(call, gradient));
}

const Exports exports({{"ctcLoss", Guarded<CtcLossCall>}, {"ctcLossGrad", Guarded<CtcLossGradCall>}});

}  // namespace
}  // namespace unroll
