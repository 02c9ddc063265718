#include "unroll/spectral_features.h"

#include <vector>

#include "parallel/thread_pool.h"
#include "unroll/profile.h"

#ifndef UNROLL_SPECTRAL_CALL_
#define UNROLL_SPECTRAL_CALL_
namespace unroll {

struct SpectralCall {
  const float* samples;
  int64_t sample_count, first, begin, end;
  float* features;
};

struct SpectralScratch {
  double *x, *y, *values;
};

}  // namespace unroll
#endif

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/spectral/spectral_features.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"
#include "unroll/simd_doubles.h"

#include "kernels/spectral/fourier.h"

namespace unroll {
namespace UNROLL_TARGET {

/// The widest vector of any target: scratch memory is made for it.
static_assert(kDoubleLanes <= 8, "scratch memory holds 8 lanes");

/// Samples first ... of one frame into lane 0 of `x` [L, lanes]; 0 where there are none.
static inline void ReadFrame(const float* samples, int64_t count, int64_t first, int64_t length, double* x) {
  const int64_t begin = first >= 0 ? 0 : -first < length ? -first : length;
  const int64_t available = count - first < length ? count - first : length;
  const int64_t end = available > begin ? available : begin;
  for (int64_t i = 0; i < begin; ++i) x[i * kDoubleLanes] = 0;
  for (int64_t i = begin; i < end; ++i) x[i * kDoubleLanes] = static_cast<double>(samples[first + i]);
  for (int64_t i = end; i < length; ++i) x[i * kDoubleLanes] = 0;
}

/// Scales, removes the mean, emphasises, applies the window, and fills x [N, lanes] up with zeros. Returns the energies.
static inline Doubles PrepareFrames(const SpectralPlan& plan, double* x) {
  const int64_t length = plan.frame_length;
  Doubles sum = {};
  for (int64_t i = 0; i < length; ++i) {
    const Doubles value = LoadDoubles(x + i * kDoubleLanes) * plan.scale;
    StoreDoubles(x + i * kDoubleLanes, value);
    sum += value;
  }
  const Doubles mean = plan.remove_mean ? sum / static_cast<double>(length) : Doubles{};
  Doubles energy = {};
  Doubles before = LoadDoubles(x) - mean;
  for (int64_t i = 0; i < length; ++i) {
    const Doubles value = LoadDoubles(x + i * kDoubleLanes) - mean;
    energy += value * value;
    StoreDoubles(x + i * kDoubleLanes, (value - before * plan.pre_emphasis) * plan.window[i]);
    before = value;
  }
  for (int64_t i = length; i < plan.fft_size; ++i) StoreDoubles(x + i * kDoubleLanes, Doubles{});
  return energy;
}

/// Power [N / 2 + 1, lanes] of N real numbers whose even and odd ones were transformed as real and imaginary parts, z.
static inline void PowerOfReal(const double* z, int64_t half, const double* table, double* power) {
  for (int64_t k = 0; 2 * k <= half; ++k) {
    const Complexes a = LoadComplexes(z, k), b = LoadComplexes(z, k == 0 ? 0 : half - k);
    const Complexes even = {(a.real + b.real) * 0.5, (a.imaginary - b.imaginary) * 0.5};
    const Complexes odd = Turned({(a.imaginary + b.imaginary) * 0.5, (b.real - a.real) * 0.5}, table + 2 * k);
    const Complexes low = Plus(even, odd), high = Minus(even, odd);
    StoreDoubles(power + k * kDoubleLanes, low.real * low.real + low.imaginary * low.imaginary);
    StoreDoubles(power + (half - k) * kDoubleLanes, high.real * high.real + high.imaginary * high.imaginary);
  }
}

static inline void ApplyFilters(const SpectralPlan& plan, const double* power, double* values) {
  const double* weight = plan.weights;
  for (int64_t m = 0; m < plan.filters; ++m) {
    const double* bin = power + int64_t{plan.ranges[2 * m]} * kDoubleLanes;
    Doubles sum = {};
    for (int32_t i = 0; i < plan.ranges[2 * m + 1]; ++i, bin += kDoubleLanes) sum += LoadDoubles(bin) * *weight++;
    StoreDoubles(values + m * kDoubleLanes, sum);
  }
}

/// Frames begin ... end - 1, kDoubleLanes at a time. Scratch: x and y of N * 8 numbers, values of columns * 8.
void SpectralRows(const SpectralPlan& plan, const SpectralCall& call, const SpectralScratch& scratch) {
  const int64_t half = plan.fft_size / 2, energy_columns = plan.energy_scale > 0 ? 1 : 0, columns = energy_columns + plan.filters;
  for (int64_t frame = call.begin; frame < call.end; frame += kDoubleLanes) {
    const int64_t lanes = call.end - frame < kDoubleLanes ? call.end - frame : kDoubleLanes;
    for (int64_t lane = 0; lane < kDoubleLanes; ++lane) {
      const int64_t first = call.first + (frame + (lane < lanes ? lane : 0)) * plan.hop_length;
      ReadFrame(call.samples, call.sample_count, first, plan.frame_length, scratch.x + lane);
    }
    const Doubles energy = PrepareFrames(plan, scratch.x);
    if (energy_columns > 0) StoreDoubles(scratch.values, energy * plan.energy_scale);
    double* const z = FourierTransform(scratch.x, scratch.y, half, plan.table);
    double* const power = z == scratch.x ? scratch.y : scratch.x;
    PowerOfReal(z, half, plan.table, power);
    ApplyFilters(plan, power, scratch.values + energy_columns * kDoubleLanes);
    const Doubles floor = BroadcastDouble(plan.floor);
    for (int64_t i = 0; i < columns * kDoubleLanes; i += kDoubleLanes) {
      const Doubles value = LoadDoubles(scratch.values + i);
      StoreDoubles(scratch.values + i, LogDoubles(value < floor ? floor : value) * plan.factor);  // NaN passes the comparison
    }
    for (int64_t lane = 0; lane < lanes; ++lane) {
      float* row = call.features + (frame + lane) * columns;
      for (int64_t i = 0; i < columns; ++i) row[i] = static_cast<float>(scratch.values[i * kDoubleLanes + lane]);
    }
  }
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
static Status CheckPlan(const SpectralPlan& plan) {
  int64_t weights = 0;
  for (int64_t m = 0; m < plan.filters; ++m) {
    const int64_t first = plan.ranges[2 * m], count = plan.ranges[2 * m + 1];
    if (first < 0 || count < 0 || first + count > plan.fft_size / 2 + 1) {
      return Status::Invalid("unroll: SpectralFeatures: filter %lld takes %lld bins from %lld on; there are %lld", static_cast<long long>(m),
                             static_cast<long long>(count), static_cast<long long>(first), static_cast<long long>(plan.fft_size / 2 + 1));
    }
    weights += count;
  }
  if (weights != plan.weight_count) {
    return Status::Invalid("unroll: SpectralFeatures: the filters' ranges have %lld bins, weights has %lld numbers", static_cast<long long>(weights),
                           static_cast<long long>(plan.weight_count));
  }
  return Status::Ok();
}

Status SpectralFeatures(const SpectralPlan& plan, const float* samples, int64_t sample_count, int64_t first, int64_t frames, float* features) {
  UNROLL_RETURN_IF_ERROR(CheckPlan(plan));
  const profile::Span span("spectral features");
  const int64_t columns = plan.filters + (plan.energy_scale > 0 ? 1 : 0);
  constexpr int64_t kMostLanes = 8;
  ParallelFor(frames, 2 * kMostLanes, [&](int64_t begin, int64_t end) {
    std::vector<double> memory(static_cast<size_t>(kMostLanes * (2 * (plan.fft_size + 2) + columns) + kMostLanes));
    SpectralScratch scratch;
    // Whole vectors should not lie across two lines of the cache.
    scratch.x = reinterpret_cast<double*>((reinterpret_cast<uintptr_t>(memory.data()) + 63) / 64 * 64);
    scratch.y = scratch.x + kMostLanes * (plan.fft_size + 2);
    scratch.values = scratch.y + kMostLanes * (plan.fft_size + 2);
    UNROLL_DISPATCH(SpectralRows)(plan, {samples, sample_count, first, begin, end, features}, scratch);
  });
  return Status::Ok();
}
#endif

}  // namespace unroll
