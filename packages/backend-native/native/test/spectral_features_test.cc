#include "unroll/spectral_features.h"

#include <cmath>
#include <limits>

#include "check.h"
#include "unroll/configuration.h"

using namespace unroll;
using namespace unroll_test;

namespace {

const double kPi = 3.14159265358979323846;

struct Case {
  int64_t samples, first, frames, hop, fft, length, filters;
  bool remove_mean;
  double scale, pre_emphasis, floor, factor, energy_scale;
};

struct Data {
  Case c;
  std::vector<float> samples;
  std::vector<double> table, window, weights;
  std::vector<int32_t> ranges;

  Data(const Case& shape, Random& random) : c(shape) {
    samples = random.Floats(c.samples, 0.5f);
    for (int64_t k = 0; k < c.fft; ++k) {
      table.push_back(std::cos(2 * kPi * k / c.fft));
      table.push_back(-std::sin(2 * kPi * k / c.fft));
    }
    for (int64_t i = 0; i < c.length; ++i) window.push_back(random.Uniform(0.1f, 1.0f));
    for (int64_t m = 0; m < c.filters; ++m) {
      const int64_t begin = random.Between(0, c.fft / 2), count = random.Between(m == 0 ? 1 : 0, c.fft / 2 + 1 - begin);
      ranges.push_back(static_cast<int32_t>(begin)), ranges.push_back(static_cast<int32_t>(count));
      for (int64_t i = 0; i < count; ++i) weights.push_back(random.Uniform(0.0f, 1.0f));
    }
  }

  SpectralPlan Plan() const {
    SpectralPlan plan;
    plan.hop_length = c.hop, plan.fft_size = c.fft, plan.table = table.data(), plan.frame_length = c.length, plan.window = window.data();
    plan.scale = c.scale, plan.remove_mean = c.remove_mean, plan.pre_emphasis = c.pre_emphasis, plan.filters = c.filters;
    plan.ranges = ranges.data(), plan.weights = weights.data(), plan.weight_count = static_cast<int64_t>(weights.size());
    plan.floor = c.floor, plan.factor = c.factor, plan.energy_scale = c.energy_scale;
    return plan;
  }
  int64_t Columns() const { return c.filters + (c.energy_scale > 0 ? 1 : 0); }
};

/// By the definitions, term by term.
std::vector<double> Reference(const Data& d) {
  const Case& c = d.c;
  std::vector<double> result;
  for (int64_t k = 0; k < c.frames; ++k) {
    std::vector<double> x, y;
    double mean = 0, energy = 0;
    for (int64_t i = 0; i < c.length; ++i) {
      const int64_t at = c.first + k * c.hop + i;
      x.push_back(at >= 0 && at < c.samples ? d.samples[at] * c.scale : 0);
      mean += x.back() / c.length;
    }
    for (double& value : x) value -= c.remove_mean ? mean : 0, energy += value * value;
    for (int64_t i = 0; i < c.length; ++i) y.push_back(d.window[i] * (x[i] - c.pre_emphasis * x[i == 0 ? 0 : i - 1]));
    if (c.energy_scale > 0) result.push_back(c.factor * std::log(std::fmax(c.floor, c.energy_scale * energy)));
    int64_t next = 0;
    for (int64_t m = 0; m < c.filters; ++m) {
      double sum = 0;
      for (int64_t bin = d.ranges[2 * m]; bin < d.ranges[2 * m] + d.ranges[2 * m + 1]; ++bin) {
        double real = 0, imaginary = 0;
        for (int64_t i = 0; i < c.length; ++i) {
          const double angle = 2 * kPi * static_cast<double>(bin * i % c.fft) / c.fft;
          real += y[i] * std::cos(angle), imaginary -= y[i] * std::sin(angle);
        }
        sum += d.weights[next++] * (real * real + imaginary * imaginary);
      }
      result.push_back(c.factor * std::log(std::fmax(c.floor, sum)));
    }
  }
  return result;
}

void TestCase(const Case& c) {
  Random random(static_cast<uint64_t>(c.fft * 31 + c.frames));
  const Data data(c, random);
  const std::vector<double> expected = Reference(data);
  ForEachTarget([&] {
    Guarded features(c.frames * data.Columns());
    CHECK(SpectralFeatures(data.Plan(), data.samples.data(), c.samples, c.first, c.frames, features.data()).ok(), "refused");
    CheckClose(features, expected, 2e-7, 1e-7, "fft " + std::to_string(c.fft) + ", " + std::to_string(c.frames) + " frames");
    // One frame at a time: the same bits, whatever lane a frame had.
    for (int64_t k = 0; k < c.frames; ++k) {
      Guarded one(data.Columns());
      CHECK(SpectralFeatures(data.Plan(), data.samples.data(), c.samples, c.first + k * c.hop, 1, one.data()).ok(), "refused");
      for (int64_t i = 0; i < data.Columns(); ++i)
        CHECK(one[i] == features[k * data.Columns() + i], "frame %lld, column %lld differs alone", static_cast<long long>(k), static_cast<long long>(i));
    }
  });
}

/// NaN comes through, and does not reach other frames.
void TestNotANumber() {
  const Case c{200, 0, 9, 20, 32, 20, 3, true, 1, 0.97, 1e-10, 1, 1};
  Random random(5);
  Data data(c, random);
  data.samples[85] = std::numeric_limits<float>::quiet_NaN();
  ForEachTarget([&] {
    Guarded features(9 * 4);
    CHECK(SpectralFeatures(data.Plan(), data.samples.data(), c.samples, 0, 9, features.data()).ok(), "refused");
    for (int64_t i = 0; i < 36; ++i) CHECK(std::isnan(features[i]) == (i / 4 == 4 && (i % 4 == 0 || data.ranges[2 * (i % 4 - 1) + 1] > 0)), "number %lld", static_cast<long long>(i));
  });
}

void TestRefusals() {
  const Case c{100, 0, 2, 10, 16, 16, 2, false, 1, 0, 1e-10, 1, 0};
  Random random(6);
  Data data(c, random);
  Guarded features(4);
  data.ranges[2] = 5, data.ranges[3] = 5;
  CHECK(!SpectralFeatures(data.Plan(), data.samples.data(), 100, 0, 2, features.data()).ok(), "bins past the end");
  data.ranges[3] = -1;
  CHECK(!SpectralFeatures(data.Plan(), data.samples.data(), 100, 0, 2, features.data()).ok(), "fewer than no bins");
  data.ranges[3] = 0;
  SpectralPlan plan = data.Plan();
  plan.weight_count = data.ranges[1] + 1;
  CHECK(!SpectralFeatures(plan, data.samples.data(), 100, 0, 2, features.data()).ok(), "a weight too many");
}

}  // namespace

int main() {
  for (int threads : {1, 2}) {
    Configure(threads, Precision::kFloat32);
    TestCase({4000, 0, 23, 160, 512, 400, 5, true, 32768, 0.97, 1e-7, 1, 1});
    TestCase({1000, -200, 14, 80, 256, 200, 4, false, 1, 0, 1e-10, 4.342944819, 0});
    TestCase({900, 5, 7, 33, 400, 399, 3, false, 1, 0, 1e-10, 1, 0.01});  // 400 = 4 * 4 * 5 * 5, odd frames
    TestCase({50, -30, 9, 13, 42, 30, 3, true, 2, 0.5, 1e-3, 1, 0});      // 42 / 2 = 3 * 7
    TestCase({20, -100, 5, 60, 2, 2, 1, false, 1, 0, 1e-10, 1, 0});       // frames of nothing but zeros
    TestCase({64, 0, 4, 16, 8, 1, 2, false, 1, 0, 1e-10, 1, 0});
    TestNotANumber();
    TestRefusals();
  }
  return Report("spectral_features_test");
}
