#include "unroll/linear_cross_entropy.h"

#include <algorithm>

#include "check.h"
#include "unroll/configuration.h"

using namespace unroll;
using namespace unroll_test;

namespace {

struct Case {
  int64_t n, h, v;
  bool transpose, bias, mask;
  float smoothing;
};

struct Data {
  Case c;
  std::vector<float> hidden, kernel, bias, mask;
  std::vector<int32_t> targets;

  Data(const Case& shape, Random& random) : c(shape) {
    hidden = random.Floats(c.n * c.h), kernel = random.Floats(c.h * c.v), bias = random.Floats(c.v);
    for (int64_t i = 0; i < c.n; ++i) {
      mask.push_back(i % 3 == 2 ? 0.0f : random.Uniform(0.2f, 2));
      // A row that does not count may have any target.
      targets.push_back(c.mask && mask.back() == 0 ? -1 : static_cast<int32_t>(random.Between(0, c.v - 1)));
    }
  }
  double Kernel(int64_t h, int64_t v) const { return c.transpose ? kernel[v * c.h + h] : kernel[h * c.v + v]; }
};

struct Expected {
  std::vector<double> losses, d_hidden, d_kernel, d_bias;
  double sum = 0, count = 0;
};

Expected ReferenceOf(const Data& d) {
  const Case& c = d.c;
  Expected e{std::vector<double>(c.n), std::vector<double>(c.n * c.h), std::vector<double>(c.h * c.v), std::vector<double>(c.v)};
  for (int64_t n = 0; n < c.n; ++n) {
    const double weight = c.mask ? d.mask[n] : 1;
    e.count += weight;
    if (weight == 0) continue;
    std::vector<double> logits(c.v);
    double total = 0;
    for (int64_t v = 0; v < c.v; ++v) {
      logits[v] = c.bias ? d.bias[v] : 0;
      for (int64_t h = 0; h < c.h; ++h) logits[v] += d.hidden[n * c.h + h] * d.Kernel(h, v);
      total += std::exp(logits[v]);
    }
    for (int64_t v = 0; v < c.v; ++v) {
      const double q = (1 - static_cast<double>(c.smoothing)) * (v == d.targets[n]) + static_cast<double>(c.smoothing) / c.v;
      e.losses[n] -= weight * q * (logits[v] - std::log(total));
      const double gradient = weight * (std::exp(logits[v]) / total - q);
      e.d_bias[v] += gradient;
      for (int64_t h = 0; h < c.h; ++h) {
        e.d_hidden[n * c.h + h] += gradient * d.Kernel(h, v);
        e.d_kernel[c.transpose ? v * c.h + h : h * c.v + v] += gradient * d.hidden[n * c.h + h];
      }
    }
    e.sum += e.losses[n];
  }
  return e;
}

void TestCase(const Case& c, Random& random) {
  const Data data(c, random);
  const Expected expected = ReferenceOf(data);
  char name[160];
  std::snprintf(name, sizeof name, "N %d H %d V %d transpose %d bias %d mask %d smoothing %g on %s, %d threads", (int)c.n, (int)c.h, (int)c.v,
                c.transpose, c.bias, c.mask, static_cast<double>(c.smoothing), TargetName(), ThreadCount());
  Guarded losses(c.n), d_hidden(c.n * c.h), d_kernel(c.h * c.v), d_bias(c.v);
  double sum = -1, count = -1;
  LinearCrossEntropyCall call;
  call.rows = c.n, call.hidden_size = c.h, call.vocabulary_size = c.v;
  call.hidden = data.hidden.data(), call.kernel = data.kernel.data(), call.transpose_kernel = c.transpose;
  call.bias = c.bias ? data.bias.data() : nullptr;
  call.targets = data.targets.data(), call.mask = c.mask ? data.mask.data() : nullptr;
  call.label_smoothing = c.smoothing;
  call.losses = losses.data(), call.sum = &sum, call.count = &count;
  Status status = LinearCrossEntropy(call);
  CHECK(status.ok(), "%s", status.message().c_str());
  CheckClose(losses, expected.losses, 1e-5, 2e-6, std::string(name) + " losses alone");
  call.d_hidden = d_hidden.data(), call.d_kernel = d_kernel.data(), call.d_bias = c.bias ? d_bias.data() : nullptr;
  status = LinearCrossEntropy(call);
  CHECK(status.ok(), "%s", status.message().c_str());
  CheckClose(losses, expected.losses, 1e-5, 2e-6, std::string(name) + " losses");
  CHECK(std::fabs(sum - expected.sum) < 1e-5 * std::fabs(expected.sum) + 1e-5, "%s: sum %g, expected %g", name, sum, expected.sum);
  CHECK(std::fabs(count - expected.count) < 1e-6 * expected.count + 1e-9, "%s: count %g", name, count);
  CheckClose(d_hidden, expected.d_hidden, 1e-5, 2e-6, std::string(name) + " d hidden");
  CheckClose(d_kernel, expected.d_kernel, 1e-5, 5e-6, std::string(name) + " d kernel");
  if (c.bias) CheckClose(d_bias, expected.d_bias, 1e-5, 5e-6, std::string(name) + " d bias");
}

void TestErrors() {
  Random random(1);
  Data data({3, 2, 5, false, false, false, 0}, random);
  data.targets[1] = 5;
  std::vector<float> losses(3);
  double sum, count;
  LinearCrossEntropyCall call;
  call.rows = 3, call.hidden_size = 2, call.vocabulary_size = 5;
  call.hidden = data.hidden.data(), call.kernel = data.kernel.data(), call.targets = data.targets.data();
  call.losses = losses.data(), call.sum = &sum, call.count = &count;
  CHECK(LinearCrossEntropy(call).message() ==
            "unroll: LinearCrossEntropy: targets[1] must be in [0, 5) (the vocabulary size), got 5; a row that should not count needs mask 0",
        "unexpected message");
}

}  // namespace

int main() {
  for (int threads : {1, 2, 3}) {
    Configure(threads, Precision::kFloat32);
    ForEachTarget([] {
      Random random(6);
      for (int variant = 0; variant < 16; ++variant) {
        const bool transpose = variant & 1, bias = variant & 2, mask = variant & 4;
        const float smoothing = variant & 8 ? 0.1f : 0.0f;
        TestCase({7, 5, 11, transpose, bias, mask, smoothing}, random);
        TestCase({random.Between(1, 40), random.Between(1, 40), random.Between(1, 90), transpose, bias, mask, smoothing}, random);
        TestCase({1, 3, 1, transpose, bias, false, smoothing}, random);
      }
      TestErrors();
    });
    // More rows than a tile of so large a vocabulary holds.
    Random random(7);
    TestCase({131, 2, 40000, threads == 2, true, true, 0.1f}, random);
  }
  return Report("linear_cross_entropy_test");
}
