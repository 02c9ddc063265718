#include <algorithm>
#include <cstring>
#include <vector>

#include "kernels/convolution/windows.h"
#include "parallel/thread_pool.h"
#include "unroll/convolution.h"
#include "unroll/profile.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/convolution/filter_gradient.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"

namespace unroll {
namespace UNROLL_TARGET {

#if defined(UNROLL_TARGET_AVX512) || defined(__aarch64__)
constexpr int kNumbersOfTile = 12;  // 32 registers
#else
constexpr int kNumbersOfTile = 6;  // 16 registers
#endif

/// sums[i][v] += x[i * distance] * dy[v] over all outputs, for numbers i of the windows and vectors v of filters; then into
/// out[i * out_distance + filter], of which `filters` are wanted.
template <int kNumbers, int kVectors>
static void AddProducts(const OutputRectangle& outputs, int64_t distance, float* out, int64_t out_distance, int64_t filters) {
  Floats sum[kNumbers][kVectors];
#pragma GCC unroll 16
  for (int i = 0; i < kNumbers; ++i)
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) sum[i][v] = Broadcast(0.0f);
  constexpr int kGroups = (kNumbers + 3) / 4;
  const int64_t three = 3 * distance;
  for (int64_t row = 0; row < outputs.rows; ++row) {
    const float* dy = outputs.dy + row * outputs.dy_row;
    const float* x[kGroups];
#pragma GCC unroll 4
    for (int g = 0; g < kGroups; ++g) x[g] = outputs.x + row * outputs.x_row + 4 * g * distance;
    for (int64_t column = outputs.columns; column > 0; --column, dy += outputs.dy_column) {
      Floats gradient[kVectors];
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) gradient[v] = Load(dy + v * kLanes);
#pragma GCC unroll 16
      for (int i = 0; i < kNumbers; ++i) {
        const Floats item = Broadcast(x[i / 4][i % 4 == 3 ? three : (i % 4) * distance]);
#pragma GCC unroll 2
        for (int v = 0; v < kVectors; ++v) sum[i][v] = MultiplyAdd(item, gradient[v], sum[i][v]);
      }
#pragma GCC unroll 4
      for (int g = 0; g < kGroups; ++g) x[g] += outputs.x_column;
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < kNumbers; ++i)
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) {
      const int64_t left = filters - v * kLanes;
      float* to = out + i * out_distance + v * kLanes;
      if (left > 0) StoreUpTo(to, sum[i][v] + LoadUpTo(to, left), left);
    }
}

/// The same with the roles turned, for filters that are fewer than lanes: sums[i] += x[i * distance ...] * dy[0], and the lanes go to
/// out[i * out_distance + lane * out_lane], of which `numbers` are wanted.
template <int kRuns>
static void AddProductsOfRuns(const OutputRectangle& outputs, int64_t distance, float* out, int64_t out_distance, int64_t out_lane, int64_t numbers) {
  Floats sum[kRuns];
#pragma GCC unroll 16
  for (int i = 0; i < kRuns; ++i) sum[i] = Broadcast(0.0f);
  for (int64_t row = 0; row < outputs.rows; ++row) {
    const float* dy = outputs.dy + row * outputs.dy_row;
    const float* x = outputs.x + row * outputs.x_row;
    for (int64_t column = outputs.columns; column > 0; --column, dy += outputs.dy_column, x += outputs.x_column) {
      const Floats gradient = Broadcast(*dy);
#pragma GCC unroll 16
      for (int i = 0; i < kRuns; ++i) sum[i] = MultiplyAdd(Load(x + i * distance), gradient, sum[i]);
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < kRuns; ++i)
    for (int lane = 0; lane < kLanes; ++lane)
      if (lane < numbers) out[i * out_distance + lane * out_lane] += sum[i][lane];
}

template <int kVectors, int kNumbers = kNumbersOfTile>
static void AddTile(int64_t count, const OutputRectangle& outputs, int64_t distance, float* out, int64_t out_distance, int64_t filters) {
  if constexpr (kNumbers > 1) {
    if (count < kNumbers) return AddTile<kVectors, kNumbers - 1>(count, outputs, distance, out, out_distance, filters);
  }
  AddProducts<kNumbers, kVectors>(outputs, distance, out, out_distance, filters);
}

template <int kRuns = kNumbersOfTile>
static void AddTileOfRuns(int64_t count, const OutputRectangle& outputs, int64_t distance, float* out, int64_t out_distance, int64_t out_lane,
                          int64_t numbers) {
  if constexpr (kRuns > 1) {
    if (count < kRuns) return AddTileOfRuns<kRuns - 1>(count, outputs, distance, out, out_distance, out_lane, numbers);
  }
  AddProductsOfRuns<kRuns>(outputs, distance, out, out_distance, out_lane, numbers);
}

/// Numbers of the windows that lie `distance` apart, as tiles take them, and where their sums go.
struct Line {
  int64_t count, distance, out_distance;
};

static void AddLine(const OutputRectangle& outputs, const Line& line, float* out, int64_t filters) {
  const int64_t tiles = (line.count + kNumbersOfTile - 1) / kNumbersOfTile;
  for (int64_t first = 0; first < filters; first += 2 * kLanes) {
    OutputRectangle here = outputs;
    for (int64_t tile = 0; tile < tiles; ++tile) {
      const int64_t begin = line.count * tile / tiles, count = line.count * (tile + 1) / tiles - begin, left = filters - first;
      here.x = outputs.x + begin * line.distance;
      here.dy = outputs.dy + first;
      float* to = out + begin * line.out_distance + first;
      left > kLanes ? AddTile<2>(count, here, line.distance, to, line.out_distance, left)
                    : AddTile<1>(count, here, line.distance, to, line.out_distance, left);
    }
  }
}

/// All of the filter's gradient over some outputs.
void AddFilterGradient(const Windows& w, const OutputRectangle& outputs, int64_t row_stride, int64_t filters, float* out) {
  const int64_t run = w.columns.taps * w.channels, tap_row = w.rows.dilation * row_stride;
  const int64_t vectors = (run + kLanes - 1) / kLanes, by_filters = run * ((filters + kLanes - 1) / kLanes);
  if (filters * vectors < by_filters) {
    const int64_t tiles = (w.rows.taps + kNumbersOfTile - 1) / kNumbersOfTile;
    for (int64_t filter = 0; filter < filters; ++filter)
      for (int64_t first = 0; first < run; first += kLanes)
        for (int64_t tile = 0; tile < tiles; ++tile) {
          const int64_t begin = w.rows.taps * tile / tiles, count = w.rows.taps * (tile + 1) / tiles - begin;
          OutputRectangle here = outputs;
          here.x += begin * tap_row + first;
          here.dy += filter;
          AddTileOfRuns(count, here, tap_row, out + (begin * run + first) * filters + filter, run * filters, filters, run - first);
        }
  } else if (run >= kNumbersOfTile / 2 || run >= w.rows.taps) {
    for (int64_t r = 0; r < w.rows.taps; ++r) {
      OutputRectangle here = outputs;
      here.x += r * tap_row;
      AddLine(here, Line{run, 1, filters}, out + r * run * filters, filters);
    }
  } else {
    for (int64_t i = 0; i < run; ++i) {
      OutputRectangle here = outputs;
      here.x += i;
      AddLine(here, Line{w.rows.taps, tap_row, run * filters}, out + i * filters, filters);
    }
  }
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
namespace {

constexpr int64_t kMultiplicationsForAThread = 400'000;
constexpr int64_t kOutputsOfSum = 512;  // of one sum in float32; then it is added to those before

/// The gradients of rows [row, row_end) of an image, with kSlack numbers behind them that may be read.
const float* FetchGradients(const Windows& w, const float* dy, int64_t filters, int64_t image, int64_t row, int64_t row_end) {
  const int64_t line = w.columns.outputs * filters, rows = w.batch * w.rows.outputs, begin = image * w.rows.outputs + row;
  const float* from = dy + begin * line;
  const int64_t count = (row_end - row) * line;
  if (begin * line + count + kSlack <= rows * line) return from;
  float* copy = ThreadScratch(ScratchSlot::kConvolutionOutputs, count + kSlack);
  std::memcpy(copy, from, static_cast<size_t>(count) * sizeof(float));
  std::memset(copy + count, 0, kSlack * sizeof(float));
  return copy;
}

/// Adds what a block of rows gives to `out`, a few outputs at a time.
void AddBlock(const Windows& w, const float* dy, int64_t filters, int64_t unit, float* out) {
  const int64_t blocks = w.Blocks(), rows_of_block = w.RowsOfBlock();
  const int64_t image = unit / blocks, row = unit % blocks * rows_of_block, row_end = std::min(row + rows_of_block, w.rows.outputs);
  const Area area = FetchArea(w, image, row, row_end);
  const float* gradients = FetchGradients(w, dy, filters, image, row, row_end);
  const int64_t line = w.columns.outputs * filters, x_column = w.columns.stride * w.channels, x_row = w.rows.stride * area.row_stride;
  const int64_t columns = std::min(w.columns.outputs, kOutputsOfSum), rows = std::max<int64_t>(1, kOutputsOfSum / columns);
  for (int64_t r = 0; r < row_end - row; r += rows)
    for (int64_t c = 0; c < w.columns.outputs; c += columns) {
      const OutputRectangle outputs{area.data + r * x_row + c * x_column, x_row, x_column, gradients + r * line + c * filters, line, filters,
                            std::min(rows, row_end - row - r), std::min(columns, w.columns.outputs - c)};
      UNROLL_DISPATCH(AddFilterGradient)(w, outputs, area.row_stride, filters, out);
    }
}

}  // namespace

void ConvolutionFilterGradient(const ConvolutionShape& s, const float* x, const float* dy, float* dfilter) {
  const Windows w = WindowsOf(s, x);
  const int64_t outputs = s.batch * s.out_height * s.out_width, numbers = w.Steps() * s.filters;
  std::memset(dfilter, 0, static_cast<size_t>(numbers) * sizeof(float));
  if (outputs == 0 || numbers == 0) return;
  const profile::Span span("filter gradient", w.Steps(), s.filters, outputs);
  const int64_t units = w.batch * w.Blocks();
  const int parts = static_cast<int>(std::min<int64_t>(units, PartCount(outputs * numbers, kMultiplicationsForAThread)));
  // Each thread but the first has sums of its own.
  std::vector<AlignedFloats> sums;
  for (int part = 1; part < parts; ++part) {
    sums.emplace_back(numbers);
    std::memset(sums.back().data(), 0, static_cast<size_t>(numbers) * sizeof(float));
  }
  const auto add = [&](int part) {
    float* out = part == 0 ? dfilter : sums[static_cast<size_t>(part - 1)].data();
    for (int64_t unit = PartBegin(units, part, parts); unit < PartBegin(units, part + 1, parts); ++unit) AddBlock(w, dy, s.filters, unit, out);
  };
  parts > 1 ? ParallelRun(parts, add) : add(0);
  for (const AlignedFloats& sum : sums)
    for (int64_t i = 0; i < numbers; ++i) dfilter[i] += sum.data()[i];
}
#endif

}  // namespace unroll
