#include <cmath>

#include "parallel/thread_pool.h"
#include "unroll/movement.h"
#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/convert.cc"
#include "unroll/for_each_target.h"

namespace unroll {
namespace UNROLL_TARGET {

// Plain loops that the compiler turns into vectors of the target.
void FillRange(float* y, int64_t count, float value) {
  for (int64_t i = 0; i < count; ++i) y[i] = value;
}
void IntToFloatRange(const int32_t* x, float* y, int64_t count) {
  for (int64_t i = 0; i < count; ++i) y[i] = static_cast<float>(x[i]);
}
void ByteToFloatRange(const uint8_t* x, float* y, int64_t count) {
  for (int64_t i = 0; i < count; ++i) y[i] = static_cast<float>(x[i]);
}
void FloatToBoolRange(const float* x, uint8_t* y, int64_t count) {
  for (int64_t i = 0; i < count; ++i) y[i] = static_cast<uint8_t>(x[i] != 0);
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
namespace {

constexpr int64_t kGrain = 1 << 15;

int32_t ToInt32(float value) {
  if (value > -2147483648.0f && value < 2147483648.0f) return static_cast<int32_t>(value);
  if (!std::isfinite(value)) return 0;
  const double wrapped = std::fmod(static_cast<double>(value), 4294967296.0);
  return static_cast<int32_t>(static_cast<uint32_t>(static_cast<int64_t>(wrapped)));
}

}  // namespace

void Fill(float* y, int64_t count, float value) {
  ParallelFor(count, kGrain, [&](int64_t begin, int64_t end) { UNROLL_DISPATCH(FillRange)(y + begin, end - begin, value); });
}
void FloatToInt(const float* x, int32_t* y, int64_t count) {
  ParallelFor(count, kGrain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) y[i] = ToInt32(x[i]);
  });
}
void IntToFloat(const int32_t* x, float* y, int64_t count) {
  ParallelFor(count, kGrain,
              [&](int64_t begin, int64_t end) { UNROLL_DISPATCH(IntToFloatRange)(x + begin, y + begin, end - begin); });
}
void ByteToFloat(const uint8_t* x, float* y, int64_t count) {
  ParallelFor(count, kGrain,
              [&](int64_t begin, int64_t end) { UNROLL_DISPATCH(ByteToFloatRange)(x + begin, y + begin, end - begin); });
}
void FloatToBool(const float* x, uint8_t* y, int64_t count) {
  ParallelFor(count, kGrain,
              [&](int64_t begin, int64_t end) { UNROLL_DISPATCH(FloatToBoolRange)(x + begin, y + begin, end - begin); });
}

void OneHot(const int32_t* indices, int64_t count, int64_t depth, float on, float off, float* y) {
  if (depth == 0) return;
  ParallelFor(count, kGrain / (depth + 1) + 1, [&](int64_t begin, int64_t end) {
    UNROLL_DISPATCH(FillRange)(y + begin * depth, (end - begin) * depth, off);
    for (int64_t i = begin; i < end; ++i)
      if (indices[i] >= 0 && indices[i] < depth) y[i * depth + indices[i]] = on;
  });
}
#endif

}  // namespace unroll
