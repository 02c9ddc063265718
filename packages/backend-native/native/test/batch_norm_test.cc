#include <algorithm>
#include <cmath>
#include <vector>

#include "check.h"
#include "unroll/batch_norm.h"
#include "unroll/configuration.h"

using namespace unroll;
using namespace unroll_test;

namespace {

/// The equations in double, and the numerator of dx written as in Ioffe & Szegedy 2015.
void TestShape(int64_t segments, int64_t repeats, int64_t channels, bool masked, float centre, Random& random) {
  const int64_t length = repeats * channels, size = segments * length;
  std::vector<float> x = random.Floats(size), mask;
  for (float& value : x) value += centre;
  for (int64_t s = 0; s < segments; ++s) mask.push_back(s % 3 == 1 ? 0.0f : 1.0f);
  const std::vector<float> scale = random.Floats(channels), offset = random.Floats(channels), dy = random.Floats(size);
  const auto n = static_cast<size_t>(channels);
  const auto channel = [&](int64_t i) { return static_cast<size_t>(i % channels); };
  const auto real = [&](int64_t i) { return !masked || mask[static_cast<size_t>(i / length)] != 0; };
  std::vector<double> mean(n), variance(n), dscale(n), doffset(n), y(static_cast<size_t>(size)), dx(y.size()), g(y.size());
  double count = 0;
  for (int64_t i = 0; i < size; ++i)
    if (real(i)) mean[channel(i)] += x[static_cast<size_t>(i)], count += channel(i) == 0;
  for (double& each : mean) each /= std::max(1.0, count);
  for (int64_t i = 0; i < size; ++i)
    if (real(i)) variance[channel(i)] += std::pow(x[static_cast<size_t>(i)] - mean[channel(i)], 2) / count;
  BatchNormInputs in;
  in.segments = segments, in.repeats = repeats, in.channels = channels, in.epsilon = 0.01f;
  in.x = x.data(), in.mask = masked ? mask.data() : nullptr, in.scale = scale.data(), in.offset = offset.data();
  const auto normal = [&](int64_t i) {
    const size_t c = channel(i);
    return (x[static_cast<size_t>(i)] - mean[c]) / std::sqrt(variance[c] + in.epsilon);
  };
  for (int64_t i = 0; i < size; ++i) {
    const auto at = static_cast<size_t>(i), c = channel(i);
    const double z = normal(i) * scale[c] + offset[c];
    y[at] = real(i) && z > 0 ? z : 0;
    g[at] = real(i) && z > 0 ? static_cast<double>(dy[at]) : 0;
    dscale[c] += g[at] * normal(i);
    doffset[c] += g[at];
  }
  for (int64_t i = 0; i < size; ++i) {
    const auto at = static_cast<size_t>(i), c = channel(i);
    if (real(i)) dx[at] = scale[c] / std::sqrt(variance[c] + in.epsilon) * (g[at] - doffset[c] / count - normal(i) * dscale[c] / count);
  }
  Guarded got_y(size), got_mean(channels), got_variance(channels), got_dx(size), got_dscale(channels), got_doffset(channels);
  NormalizeBatch(in, got_y.data(), got_mean.data(), got_variance.data());
  const std::string name = std::to_string(segments) + " x " + std::to_string(repeats) + " x " + std::to_string(channels);
  const double slack = 1e-6 * (1 + std::fabs(centre));
  CheckClose(got_mean, mean, 1e-6, slack, "mean of " + name);
  CheckClose(got_variance, variance, 1e-4, slack, "variance of " + name);
  CheckClose(got_y, y, 1e-4, 10 * slack, "y of " + name);
  NormalizeBatchGradient(in, {got_mean.data(), got_variance.data(), dy.data(), got_dx.data(), got_dscale.data(), got_doffset.data()});
  CheckClose(got_dx, dx, 1e-4, 20 * slack, "dx of " + name);
  CheckClose(got_doffset, doffset, 1e-5, 1e-4, "doffset of " + name);
  CheckClose(got_dscale, dscale, 1e-4, 1e-3 * (1 + std::fabs(centre)), "dscale of " + name);
}

}  // namespace

int main() {
  ForEachTarget([] {
    for (int threads : {1, 3}) {
      Configure(threads, Precision::kFloat32);
      Random random(static_cast<uint64_t>(7 + threads));
      for (int64_t channels : {1, 2, 3, 4, 5, 8, 10, 16, 17, 31, 32, 48, 100})
        for (bool masked : {false, true}) {
          TestShape(random.Between(1, 40), random.Between(1, 30), channels, masked, 0.0f, random);
          TestShape(7, 9, channels, masked, 30.0f, random);
        }
      TestShape(300, 80, 10, true, 0.0f, random);
      TestShape(2000, 1, 3, true, 0.0f, random);
    }
  });
  return Report("batch_norm_test");
}
