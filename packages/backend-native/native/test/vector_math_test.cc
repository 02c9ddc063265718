#include <cmath>
#include <cstdio>
#include <limits>

#include "check.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "../test/vector_math_test.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"
#include "unroll/vector_math.h"

namespace unroll {
namespace UNROLL_TARGET {

void ApplyExp(const float* x, float* y) { Store(y, Exp(Load(x))); }
void ApplyExpUpToZero(const float* x, float* y) { Store(y, ExpUpToZero(Load(x))); }
void ApplyLog(const float* x, float* y) { Store(y, Log(Load(x))); }
void ApplySigmoid(const float* x, float* y) { Store(y, Sigmoid(Load(x))); }
void ApplyTanh(const float* x, float* y) { Store(y, Tanh(Load(x))); }

}  // namespace UNROLL_TARGET
}  // namespace unroll

#if UNROLL_ONCE
namespace {

float One(void (*function)(const float*, float*), float x) {
  float in[16], out[16];
  for (float& value : in) value = x;
  function(in, out);
  return out[3];
}

template <typename Exact>
void CheckFunction(const char* name, void (*function)(const float*, float*), Exact exact, float low, float high) {
  double worst = 0;
  float where = 0;
  for (int i = 0; i <= 200000; ++i) {
    // Half the points evenly, half crowded towards zero.
    const double share = i / 200000.0;
    const float x = static_cast<float>(i % 2 ? low + (high - low) * share : (share < 0.5 ? low : high) * std::pow(std::fabs(2 * share - 1), 12.0));
    if (x < low || x > high) continue;
    const double want = exact(static_cast<double>(x));
    const double error = std::fabs(One(function, x) - want) / std::max(std::fabs(want), 1e-37);
    if (error > worst) worst = error, where = x;
  }
  CHECK(worst < 3e-7, "%s on %s: relative error %.3g at %.9g", name, unroll::TargetName(), worst, where);
}

}  // namespace

int main() {
  using namespace unroll;
  const float infinity = std::numeric_limits<float>::infinity();
  unroll_test::ForEachTarget([&] {
    CheckFunction("Exp", UNROLL_DISPATCH(ApplyExp), [](double x) { return std::exp(x); }, -87.3f, 88.7f);
    CheckFunction("ExpUpToZero", UNROLL_DISPATCH(ApplyExpUpToZero), [](double x) { return std::exp(x); }, -87.3f, 0.0f);
    CheckFunction("Log", UNROLL_DISPATCH(ApplyLog), [](double x) { return std::log(x); }, 1.2e-38f, 1e30f);
    CheckFunction("Log", UNROLL_DISPATCH(ApplyLog), [](double x) { return std::log(x); }, 0.5f, 2.0f);
    CheckFunction("Sigmoid", UNROLL_DISPATCH(ApplySigmoid), [](double x) { return 1 / (1 + std::exp(-x)); }, -80.0f, 80.0f);
    CheckFunction("Tanh", UNROLL_DISPATCH(ApplyTanh), [](double x) { return std::tanh(x); }, -90.0f, 90.0f);
    CHECK(One(UNROLL_DISPATCH(ApplyExp), -100.0f) == 0.0f, "exp(-100)");
    CHECK(One(UNROLL_DISPATCH(ApplyExp), -infinity) == 0.0f, "exp(-inf)");
    CHECK(One(UNROLL_DISPATCH(ApplyExpUpToZero), -infinity) == 0.0f && One(UNROLL_DISPATCH(ApplyExpUpToZero), -100.0f) == 0.0f, "exp(-inf), exp(-100)");
    CHECK(One(UNROLL_DISPATCH(ApplyExp), 100.0f) == infinity, "exp(100)");
    CHECK(One(UNROLL_DISPATCH(ApplyLog), 0.0f) == -infinity, "log(0)");
    CHECK(One(UNROLL_DISPATCH(ApplyLog), infinity) == infinity, "log(inf)");
    CHECK(std::isnan(One(UNROLL_DISPATCH(ApplyLog), -1.0f)), "log(-1)");
    CHECK(One(UNROLL_DISPATCH(ApplyTanh), infinity) == 1.0f, "tanh(inf)");
    CHECK(One(UNROLL_DISPATCH(ApplySigmoid), -infinity) < 1e-37f, "sigmoid(-inf)");
    for (auto function : {UNROLL_DISPATCH(ApplyExp), UNROLL_DISPATCH(ApplyExpUpToZero), UNROLL_DISPATCH(ApplyLog), UNROLL_DISPATCH(ApplySigmoid), UNROLL_DISPATCH(ApplyTanh)})
      CHECK(std::isnan(One(function, std::nanf(""))), "NaN must stay NaN on %s", TargetName());
  });
  return unroll_test::Report("vector_math_test");
}
#endif
