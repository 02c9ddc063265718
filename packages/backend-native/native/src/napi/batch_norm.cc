#include "unroll/batch_norm.h"

#include "napi/arguments.h"
#include "napi/exports.h"

namespace unroll {
namespace {

BatchNormInputs ReadInputs(Arguments& in) {
  BatchNormInputs call;
  call.segments = in.Size("segments");
  call.repeats = in.Size("repeats");
  call.channels = in.Size("channels");
  call.x = in.Floats("x", {call.segments, call.repeats, call.channels});
  call.mask = in.OptionalFloats("mask", {call.segments});
  call.scale = in.Floats("scale", {call.channels});
  call.offset = in.Floats("offset", {call.channels});
  const double epsilon = in.Number("epsilon");
  in.Require(epsilon > 0 && epsilon < 1e30, "epsilon", "above 0");
  call.epsilon = static_cast<float>(epsilon);
  // Without channels no array backs the segments.
  in.Require((call.channels > 0 && call.repeats > 0) || call.segments == 0, "channels", "at least 1, as repeats");
  return call;
}

// normalizeBatch(segments, repeats, channels, x, mask, scale, offset, epsilon, y, mean, variance)
napi_value NormalizeBatchCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "normalizeBatch");
  const BatchNormInputs call = ReadInputs(in);
  float* y = in.MutableFloats("y", {call.segments, call.repeats, call.channels});
  float* mean = in.MutableFloats("mean", {call.channels});
  float* variance = in.MutableFloats("variance", {call.channels});
  if (!in.ok()) return nullptr;
  NormalizeBatch(call, y, mean, variance);
  return in.Return();
}

// normalizeBatchGrad(segments, repeats, channels, x, mask, scale, offset, epsilon, mean, variance, dy, dx, dScale, dOffset)
napi_value NormalizeBatchGradCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "normalizeBatchGrad");
  const BatchNormInputs call = ReadInputs(in);
  BatchNormGradients out;
  out.mean = in.Floats("mean", {call.channels});
  out.variance = in.Floats("variance", {call.channels});
  out.dy = in.Floats("dy", {call.segments, call.repeats, call.channels});
  out.dx = in.MutableFloats("dx", {call.segments, call.repeats, call.channels});
  out.dscale = in.MutableFloats("dScale", {call.channels});
  out.doffset = in.MutableFloats("dOffset", {call.channels});
  if (!in.ok()) return nullptr;
  NormalizeBatchGradient(call, out);
  return in.Return();
}

const Exports exports({{"normalizeBatch", Guarded<NormalizeBatchCall>}, {"normalizeBatchGrad", Guarded<NormalizeBatchGradCall>}});

}  // namespace
}  // namespace unroll
