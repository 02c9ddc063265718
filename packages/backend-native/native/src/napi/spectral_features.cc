#include "unroll/spectral_features.h"

#include "napi/arguments.h"
#include "napi/exports.h"

namespace unroll {
namespace {

// spectralFeatures(samples, first, frames, hopLength, fftSize, table, frameLength, window, scale, removeMean, preEmphasis,
//   filters, ranges, weightCount, weights, floor, factor, energyScale, features)
napi_value SpectralFeaturesCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "spectralFeatures");
  const Span<float> samples = in.FloatSpan("samples");
  const int64_t first = in.Integer("first", -(int64_t{1} << 52), int64_t{1} << 52);
  const int64_t frames = in.Size("frames");
  SpectralPlan plan;
  plan.hop_length = in.Integer("hopLength", 1, INT32_MAX);
  plan.fft_size = in.Integer("fftSize", 2, INT32_MAX);
  in.Require(plan.fft_size % 2 == 0, "fftSize", "even");
  plan.table = in.Doubles("table", {plan.fft_size, 2});
  plan.frame_length = in.Integer("frameLength", 1, plan.fft_size);
  plan.window = in.Doubles("window", {plan.frame_length});
  plan.scale = in.Number("scale");
  plan.remove_mean = in.Flag("removeMean");
  plan.pre_emphasis = in.Number("preEmphasis");
  plan.filters = in.Size("filters");
  plan.ranges = in.Ints("ranges", {plan.filters, 2});
  plan.weight_count = in.Size("weightCount");
  plan.weights = in.Doubles("weights", {plan.weight_count});
  plan.floor = in.Number("floor");
  in.Require(plan.floor >= 1e-30, "floor", "at least 1e-30");
  plan.factor = in.Number("factor");
  plan.energy_scale = in.Number("energyScale");
  const int64_t columns = plan.filters + (plan.energy_scale > 0 ? 1 : 0);
  in.Require(columns > 0, "filters", "at least 1, or energyScale above 0");
  float* features = in.MutableFloats("features", {frames, columns});
  if (!in.ok()) return nullptr;
  return in.Return(SpectralFeatures(plan, samples.data, samples.count, first, frames, features));
}

const Exports exports({{"spectralFeatures", Guarded<SpectralFeaturesCall>}});

}  // namespace
}  // namespace unroll
