#include "kernels/batch_norm.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "parallel/thread_pool.h"
#include "unroll/profile.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/batch_norm.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"

// Channels are mostly fewer than lanes, or no multiple of them. So a segment is walked as one row of numbers, and what belongs to a channel
// is repeated over channels + kLanes places: the vector at number i of the segment begins at place i mod channels.

namespace unroll {
namespace UNROLL_TARGET {

/// y = max(0, x * factor + addend) of one segment.
void RectifySegment(const float* x, int64_t count, int64_t channels, const float* factor, const float* addend, float* y) {
  const int64_t advance = kLanes % channels;
  const Floats zero = Broadcast(0.0f);
  for (int64_t i = 0, m = 0; i < count; i += kLanes) {
    StoreUpTo(y + i, Max(MultiplyAdd(LoadUpTo(x + i, count - i), Load(factor + m), Load(addend + m)), zero), count - i);
    m += advance;
    if (m >= channels) m -= channels;
  }
}

/// Adds to vector v mod `vectors` of both sums: x and x squared, or g and g * x, with x shifted and g the gradient before the rectifier.
void SumSegment(const SummedSegment& s, int64_t vectors, float* sums, float* products) {
  const int64_t advance = kLanes % s.channels;
  const Floats zero = Broadcast(0.0f);
  for (int64_t i = 0, m = 0, v = 0; i < s.count; i += kLanes) {
    const int64_t left = s.count - i;
    const Floats x = LoadUpTo(s.x + i, left);
    const Floats shift = left >= kLanes ? Load(s.shift + m) : LoadUpTo(s.shift + m, left);  // behind the end there is nothing to shift
    const Floats shifted = x - shift;
    Floats item = shifted;
    if (s.dy != nullptr) item = Select(MultiplyAdd(x, Load(s.factor + m), Load(s.addend + m)) > zero, LoadUpTo(s.dy + i, left), zero);
    float* sum = sums + v * kLanes;
    float* product = products + v * kLanes;
    Store(sum, Load(sum) + item);
    Store(product, MultiplyAdd(item, shifted, Load(product)));
    m += advance;
    if (m >= s.channels) m -= s.channels;
    if (++v == vectors) v = 0;
  }
}

/// dx = g * factor + x * slope + constant of one segment.
void GradientSegment(const SummedSegment& s, const float* slope, const float* constant, float* dx) {
  const int64_t advance = kLanes % s.channels;
  const Floats zero = Broadcast(0.0f);
  for (int64_t i = 0, m = 0; i < s.count; i += kLanes) {
    const int64_t left = s.count - i;
    const Floats x = LoadUpTo(s.x + i, left), factor = Load(s.factor + m);
    const Floats g = Select(MultiplyAdd(x, factor, Load(s.addend + m)) > zero, LoadUpTo(s.dy + i, left), zero);
    StoreUpTo(dx + i, MultiplyAdd(g, factor, MultiplyAdd(x, Load(slope + m), Load(constant + m))), left);
    m += advance;
    if (m >= s.channels) m -= s.channels;
  }
}

/// Sums of vectors into those of channels, and zeros for the next ones.
void CollectSums(float* sums, int64_t vectors, int64_t channels, double* totals) {
  for (int64_t i = 0; i < vectors * kLanes; ++i) totals[i % channels] += static_cast<double>(sums[i]);
  std::memset(sums, 0, static_cast<size_t>(vectors * kLanes) * sizeof(float));
}

int64_t VectorsOfPeriod(int64_t channels) {
  int64_t a = channels, b = kLanes;
  while (b != 0) {
    const int64_t rest = a % b;
    a = b;
    b = rest;
  }
  return channels / a;
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
namespace {

constexpr int64_t kNumbersForAThread = 1 << 15;
constexpr int64_t kWidest = 16;
constexpr int64_t kNumbersOfSum = 4096;  // that are added in float32, over all channels

/// A value of each channel, repeated over channels + kWidest places.
template <typename Value>
std::vector<float> Pattern(int64_t channels, Value&& value) {
  std::vector<float> pattern(static_cast<size_t>(channels + kWidest));
  for (int64_t i = 0; i < channels + kWidest; ++i) pattern[static_cast<size_t>(i)] = static_cast<float>(value(i % channels));
  return pattern;
}

bool IsReal(const BatchNormInputs& in, int64_t segment) { return in.mask == nullptr || in.mask[segment] != 0.0f; }

/// Calls body(begin, end) for ranges of segments on all threads.
template <typename Body>
void ForSegments(const BatchNormInputs& in, Body&& body) {
  ParallelFor(in.segments, std::max<int64_t>(1, kNumbersForAThread / (in.repeats * in.channels)), body);
}

struct Sums {
  std::vector<double> items, products;
};

/// The sums over all places that are not padding: `segment` has all but x, dy and count.
Sums SumAll(const BatchNormInputs& in, const float* dy, SummedSegment segment) {
  const int64_t length = in.repeats * in.channels, vectors = UNROLL_DISPATCH(VectorsOfPeriod)(in.channels);
  const auto channels = static_cast<size_t>(in.channels);
  segment.count = length, segment.channels = in.channels;
  const int parts = PartCount(in.segments, std::max<int64_t>(1, kNumbersForAThread / length));
  std::vector<Sums> of_part(static_cast<size_t>(parts), Sums{std::vector<double>(channels), std::vector<double>(channels)});
  const auto sum = [&](int part) {
    Sums& totals = of_part[static_cast<size_t>(part)];
    std::vector<float> items(static_cast<size_t>(vectors * kWidest)), products(items.size());
    SummedSegment here = segment;
    int64_t numbers = 0;
    const auto collect = [&] {
      UNROLL_DISPATCH(CollectSums)(items.data(), vectors, in.channels, totals.items.data());
      UNROLL_DISPATCH(CollectSums)(products.data(), vectors, in.channels, totals.products.data());
      numbers = 0;
    };
    for (int64_t s = PartBegin(in.segments, part, parts); s < PartBegin(in.segments, part + 1, parts); ++s) {
      if (!IsReal(in, s)) continue;
      here.x = in.x + s * length;
      here.dy = dy == nullptr ? nullptr : dy + s * length;
      UNROLL_DISPATCH(SumSegment)(here, vectors, items.data(), products.data());
      numbers += length;
      if (numbers >= kNumbersOfSum) collect();
    }
    collect();
  };
  parts > 1 ? ParallelRun(parts, sum) : sum(0);
  for (size_t part = 1; part < of_part.size(); ++part)
    for (size_t c = 0; c < channels; ++c) {
      of_part[0].items[c] += of_part[part].items[c];
      of_part[0].products[c] += of_part[part].products[c];
    }
  return of_part[0];
}

int64_t RealPlaces(const BatchNormInputs& in, int64_t* first) {
  int64_t count = 0;
  for (int64_t s = in.segments - 1; s >= 0; --s)
    if (IsReal(in, s)) *first = s, ++count;
  return count * in.repeats;
}

/// y before the rectifier is x * factor + addend.
struct Affine {
  std::vector<float> factor, addend;
};
Affine AffineOf(const BatchNormInputs& in, const float* mean, const float* variance) {
  const auto factor = [&](int64_t c) { return in.scale[c] / std::sqrt(static_cast<double>(variance[c]) + in.epsilon); };
  return {Pattern(in.channels, factor), Pattern(in.channels, [&](int64_t c) { return in.offset[c] - mean[c] * factor(c); })};
}

bool IsEmpty(const BatchNormInputs& in) { return in.segments == 0 || in.repeats == 0 || in.channels == 0; }

}  // namespace

void NormalizeBatch(const BatchNormInputs& in, float* y, float* mean, float* variance) {
  std::fill(mean, mean + in.channels, 0.0f);
  std::fill(variance, variance + in.channels, 0.0f);
  if (IsEmpty(in)) return;
  const int64_t length = in.repeats * in.channels;
  const profile::Span span("batch norm", 3.0 * static_cast<double>(in.segments * length) * sizeof(float));
  int64_t first = 0;
  const int64_t count = RealPlaces(in, &first);
  if (count > 0) {
    // Sums of what differs from one of the numbers: a mean far from zero would eat up the digits of the variance.
    const float* one = in.x + first * length;
    const std::vector<float> shift = Pattern(in.channels, [&](int64_t c) { return one[c]; });
    SummedSegment segment{};
    segment.shift = shift.data();
    const Sums sums = SumAll(in, nullptr, segment);
    for (int64_t c = 0; c < in.channels; ++c) {
      const double distance = sums.items[static_cast<size_t>(c)] / static_cast<double>(count);
      mean[c] = static_cast<float>(one[c] + distance);
      const double spread = sums.products[static_cast<size_t>(c)] / static_cast<double>(count) - distance * distance;
      // Not max, which would hide NaN.
      variance[c] = static_cast<float>(spread < 0 ? 0 : spread);
    }
  }
  const Affine affine = AffineOf(in, mean, variance);
  ForSegments(in, [&](int64_t begin, int64_t end) {
    for (int64_t s = begin; s < end; ++s) {
      if (IsReal(in, s)) {
        UNROLL_DISPATCH(RectifySegment)(in.x + s * length, length, in.channels, affine.factor.data(), affine.addend.data(), y + s * length);
      } else {
        std::memset(y + s * length, 0, static_cast<size_t>(length) * sizeof(float));
      }
    }
  });
}

void NormalizeBatchGradient(const BatchNormInputs& in, const BatchNormGradients& out) {
  std::fill(out.dscale, out.dscale + in.channels, 0.0f);
  std::fill(out.doffset, out.doffset + in.channels, 0.0f);
  if (IsEmpty(in)) return;
  const int64_t length = in.repeats * in.channels;
  const profile::Span span("batch norm gradient", 5.0 * static_cast<double>(in.segments * length) * sizeof(float));
  int64_t first = 0;
  const double count = static_cast<double>(std::max<int64_t>(1, RealPlaces(in, &first)));
  const Affine affine = AffineOf(in, out.mean, out.variance);
  const std::vector<float> mean = Pattern(in.channels, [&](int64_t c) { return out.mean[c]; });
  SummedSegment segment{};
  segment.shift = mean.data(), segment.factor = affine.factor.data(), segment.addend = affine.addend.data();
  segment.count = length, segment.channels = in.channels;
  const Sums sums = SumAll(in, out.dy, segment);
  for (int64_t c = 0; c < in.channels; ++c) {
    out.doffset[c] = static_cast<float>(sums.items[static_cast<size_t>(c)]);
    out.dscale[c] = static_cast<float>(sums.products[static_cast<size_t>(c)] / std::sqrt(static_cast<double>(out.variance[c]) + in.epsilon));
  }
  // dx = factor * (g - sum(g) / N - (x - mean) / (variance + epsilon) * sum(g * (x - mean)) / N)
  const auto slope_of = [&](int64_t c) {
    const double variance = static_cast<double>(out.variance[c]) + in.epsilon;
    return -in.scale[c] / std::sqrt(variance) / variance * sums.products[static_cast<size_t>(c)] / count;
  };
  const std::vector<float> slope = Pattern(in.channels, slope_of);
  const std::vector<float> constant = Pattern(in.channels, [&](int64_t c) {
    return -affine.factor[static_cast<size_t>(c)] * sums.items[static_cast<size_t>(c)] / count - out.mean[c] * slope_of(c);
  });
  ForSegments(in, [&](int64_t begin, int64_t end) {
    SummedSegment here = segment;
    for (int64_t s = begin; s < end; ++s) {
      here.x = in.x + s * length;
      here.dy = out.dy + s * length;
      if (IsReal(in, s)) {
        UNROLL_DISPATCH(GradientSegment)(here, slope.data(), constant.data(), out.dx + s * length);
      } else {
        std::memset(out.dx + s * length, 0, static_cast<size_t>(length) * sizeof(float));
      }
    }
  });
}
#endif

}  // namespace unroll
