#ifndef UNROLL_TEST_CHECK_H_
#define UNROLL_TEST_CHECK_H_

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "unroll/target.h"

// The few lines of test frame that the C++ tests share: named cases, buffers with canaries, seeded numbers, closeness.
namespace unroll_test {

inline int& Failures() {
  static int failures = 0;
  return failures;
}

#define CHECK(condition, ...)                                          \
  do {                                                                 \
    if (!(condition)) {                                                \
      ++::unroll_test::Failures();                                     \
      std::fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__, #condition); \
      std::fprintf(stderr, __VA_ARGS__);                               \
      std::fprintf(stderr, "\n");                                      \
    }                                                                  \
  } while (false)

/// A small generator with a printed seed: the same numbers on every machine.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ull + 1) {}
  uint32_t Bits() {
    state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
    uint64_t x = state_ ^ (state_ >> 33);
    x *= 0xff51afd7ed558ccdull;
    return static_cast<uint32_t>(x >> 32);
  }
  float Uniform(float low, float high) { return low + (high - low) * (static_cast<float>(Bits() >> 8) * 0x1p-24f); }
  int64_t Between(int64_t low, int64_t high) { return low + static_cast<int64_t>(Bits() % (high - low + 1)); }
  std::vector<float> Floats(int64_t n, float scale = 1.0f) {
    std::vector<float> v(static_cast<size_t>(n));
    for (float& x : v) x = Uniform(-scale, scale);
    return v;
  }

 private:
  uint64_t state_;
};

/// An output buffer of n floats, filled with a pattern, between two guards that must survive.
class Guarded {
 public:
  explicit Guarded(int64_t n) : n_(n), all_(static_cast<size_t>(n) + 2 * kGuard, kCanary) {}
  Guarded(const std::vector<float>& start) : Guarded(static_cast<int64_t>(start.size())) {
    if (!start.empty()) std::memcpy(data(), start.data(), start.size() * sizeof(float));
  }
  float* data() { return all_.data() + kGuard; }
  float operator[](int64_t i) const { return all_[static_cast<size_t>(i + kGuard)]; }
  int64_t size() const { return n_; }
  bool GuardsIntact() const {
    for (int i = 0; i < kGuard; ++i)
      if (all_[static_cast<size_t>(i)] != kCanary || all_[all_.size() - 1 - static_cast<size_t>(i)] != kCanary) return false;
    return true;
  }

 private:
  static constexpr int kGuard = 32;
  static constexpr float kCanary = -7.25e30f;
  int64_t n_;
  std::vector<float> all_;
};

/// Every element within atol + rtol * |expected|, nothing non-finite, guards whole; prints the worst one otherwise.
template <typename Expected>
void CheckClose(const Guarded& got, const Expected& expected, double rtol, double atol, const std::string& what) {
  CHECK(got.GuardsIntact(), "%s: wrote outside its buffer", what.c_str());
  CHECK(got.size() == static_cast<int64_t>(expected.size()), "%s: size", what.c_str());
  int64_t worst = -1;
  double worst_excess = 0;
  for (int64_t i = 0; i < got.size(); ++i) {
    const double want = static_cast<double>(expected[static_cast<size_t>(i)]);
    const double error = std::fabs(got[i] - want);
    const double excess = std::isfinite(got[i]) ? error / (atol + rtol * std::fabs(want)) : 1e300;
    if (excess > 1 && excess > worst_excess) worst = i, worst_excess = excess;
  }
  CHECK(worst < 0, "%s: [%lld] is %.9g, expected %.9g", what.c_str(), static_cast<long long>(worst),
        static_cast<double>(got[worst < 0 ? 0 : worst]), static_cast<double>(expected[static_cast<size_t>(worst < 0 ? 0 : worst)]));
}

/// Runs `body` once for each instruction set of this machine, best last.
template <typename Body>
void ForEachTarget(Body&& body) {
  for (unroll::Target target : {unroll::Target::kBaseline, unroll::Target::kAvx2, unroll::Target::kAvx512}) {
    unroll::LimitTarget(target);
    if (unroll::CurrentTarget() == target) body();
  }
}

inline int Report(const char* name) {
  std::printf("%s: %s\n", name, Failures() == 0 ? "passed" : "FAILED");
  return Failures() == 0 ? 0 : 1;
}

}  // namespace unroll_test

#endif  // UNROLL_TEST_CHECK_H_
