#ifndef UNROLL_SPECTRAL_FEATURES_H_
#define UNROLL_SPECTRAL_FEATURES_H_

#include <cstdint>

#include "unroll/status.h"

namespace unroll {

/// How frames of sound become logarithms of filtered power. All arrays are read.
struct SpectralPlan {
  int64_t hop_length = 0;      // at least 1
  int64_t fft_size = 0;        // N: even, at least 2; quick for products of small primes
  const double* table;         // [N, 2]: cos and -sin of 2 pi k / N
  int64_t frame_length = 0;    // L: 1 ... N
  const double* window;        // [L]
  double scale = 1;            // multiplies the samples
  bool remove_mean = false;    // of each frame
  double pre_emphasis = 0;     // x_i - a x_(i-1), the first less a times itself
  int64_t filters = 0;         // M
  const int32_t* ranges;       // [M, 2]: first bin and how many, within 0 ... N / 2
  const double* weights;       // [weight_count]: those of the first filter, then those of the second ...
  int64_t weight_count = 0;
  double floor = 0;            // of what logarithms are taken of; at least 1e-30
  double factor = 1;           // of natural logarithms
  double energy_scale = 0;     // multiplies the sum of squares after the mean is removed; 0: no such column
};

/// features [frames, M or 1 + M]: factor * ln max(floor, value), the values being energy (where asked for) and each filter's weighted sum of
/// |DFT(window * emphasised)|^2, float64 inside. Frame k holds samples first + k hop ... + L - 1; those outside of [0, sample_count) are 0.
/// A frame's bits depend on its samples alone, not on the frames beside it. NaN stays NaN.
Status SpectralFeatures(const SpectralPlan& plan, const float* samples, int64_t sample_count, int64_t first, int64_t frames, float* features);

}  // namespace unroll

#endif  // UNROLL_SPECTRAL_FEATURES_H_
