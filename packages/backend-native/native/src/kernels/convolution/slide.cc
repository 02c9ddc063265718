#include "kernels/convolution/slide.h"

#include <algorithm>

#include "parallel/thread_pool.h"
#include "unroll/profile.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/convolution/slide.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"
#include "matmul/transpose_tile.h"

namespace unroll {
namespace UNROLL_TARGET {

#if defined(UNROLL_TARGET_AVX512) || defined(__aarch64__)
constexpr int kOutputsOfTile = 12;  // 32 registers
#else
constexpr int kOutputsOfTile = 6;  // 16 registers
#endif
constexpr int64_t kFiltersOfPanel = 2 * kLanes;

/// A few outputs side by side and one panel of filters: number s of the window of output i is at x[offsets[s] + i * x_step].
struct SlidingTile {
  const float* x;
  int64_t x_step;
  const int64_t* offsets;
  int64_t steps;
  const float* panel;  // [steps, vectors * kLanes]
  float* y;
  int64_t y_step;
  int filters;
};

template <int kOutputs, int kVectors>
static void MultiplySlidingTile(const SlidingTile& tile) {
  Floats sum[kOutputs][kVectors];
#pragma GCC unroll 16
  for (int i = 0; i < kOutputs; ++i)
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) sum[i][v] = Broadcast(0.0f);
  // Four outputs share a pointer, as in matmul/micro_kernel.h.
  constexpr int kGroups = (kOutputs + 3) / 4;
  const int64_t x_step = tile.x_step, three_steps = 3 * x_step;
  const float* panel = tile.panel;
  for (int64_t s = 0; s < tile.steps; ++s, panel += kVectors * kLanes) {
    const float* x[kGroups];
#pragma GCC unroll 4
    for (int g = 0; g < kGroups; ++g) x[g] = tile.x + tile.offsets[s] + 4 * g * x_step;
    Floats weights[kVectors];
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) weights[v] = Load(panel + v * kLanes);
#pragma GCC unroll 16
    for (int i = 0; i < kOutputs; ++i) {
      const int64_t distance = i % 4 == 3 ? three_steps : (i % 4) * x_step;
      const Floats item = Broadcast(x[i / 4][distance]);
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) sum[i][v] = MultiplyAdd(item, weights[v], sum[i][v]);
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < kOutputs; ++i)
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v)
      if (tile.filters > v * kLanes) StoreUpTo(tile.y + i * tile.y_step + v * kLanes, sum[i][v], tile.filters - v * kLanes);
}

using SlidingFunction = void (*)(const SlidingTile&);

template <int kVectors, int kOutputs = kOutputsOfTile>
static SlidingFunction ChooseSlidingTile(int64_t outputs) {
  if constexpr (kOutputs == 1) {
    return &MultiplySlidingTile<1, kVectors>;
  } else {
    return outputs == kOutputs ? &MultiplySlidingTile<kOutputs, kVectors> : ChooseSlidingTile<kVectors, kOutputs - 1>(outputs);
  }
}

/// Panels [steps, kFiltersOfPanel] of the filters one behind the other, the last of one vector where that is enough.
void PackPanelsOfFilters(const Windows& w, const FilterView& f, float* out) {
  for (int64_t first = 0; first < f.filters; first += kFiltersOfPanel) {
    const int64_t count = f.filters - first, width = count > kLanes ? kFiltersOfPanel : kLanes;
    for (int64_t r = 0; r < w.rows.taps; ++r)
      for (int64_t c = 0; c < w.columns.taps; ++c)
        for (int64_t n = 0; n < w.channels; ++n, out += width) {
          const float* from = f.data + r * f.row + c * f.column + n * f.channel + first * f.filter;
          for (int64_t v = 0; v < width; ++v) out[v] = v < count ? from[v * f.filter] : 0.0f;
        }
  }
}

/// Rows [row, row_end) of outputs, panel after panel, so that one of them stays in the cache.
void SlidePanels(const Windows& w, const Area& area, const int64_t* offsets, const float* panels, int64_t filters, float* y,
                 int64_t row_count, int64_t y_row, int64_t y_column) {
  const int64_t outputs = w.columns.outputs, blocks = (outputs + kOutputsOfTile - 1) / kOutputsOfTile;
  SlidingTile tile{};
  tile.x_step = w.columns.stride * w.channels;
  tile.offsets = offsets;
  tile.steps = w.Steps();
  tile.y_step = y_column;
  tile.panel = panels;
  for (int64_t first = 0; first < filters; first += kFiltersOfPanel) {
    const int64_t count = filters - first;
    const bool wide = count > kLanes;
    tile.filters = static_cast<int>(count < kFiltersOfPanel ? count : kFiltersOfPanel);
    for (int64_t row = 0; row < row_count; ++row)
      for (int64_t block = 0; block < blocks; ++block) {
        const int64_t begin = outputs * block / blocks, end = outputs * (block + 1) / blocks;
        tile.x = area.data + row * w.rows.stride * area.row_stride + begin * tile.x_step;
        tile.y = y + row * y_row + begin * y_column + first;
        (wide ? ChooseSlidingTile<2>(end - begin) : ChooseSlidingTile<1>(end - begin))(tile);
      }
    tile.panel += tile.steps * (wide ? kFiltersOfPanel : kLanes);
  }
}

// Where filters are fewer than a vector has lanes, but a row of a window is long, its numbers are multiplied side by side instead: the
// sums of kLanes outputs are turned, and their lanes added.

/// numbers of a row of a window that lie side by side
static inline int64_t NumbersOfRun(const Windows& w) { return w.columns.taps * w.channels; }
static inline int64_t VectorsOfRun(const Windows& w) { return (NumbersOfRun(w) + kLanes - 1) / kLanes; }

/// Multiplications of vectors for one output, either way; turning costs about as much as four.
bool FewFiltersAreFaster(const Windows& w, int64_t filters) {
  if (w.columns.dilation != 1 && w.columns.taps != 1) return false;
  const int64_t by_filters = w.Steps() * ((filters + kLanes - 1) / kLanes);
  const int64_t by_numbers = filters * (w.rows.taps * VectorsOfRun(w) + 4);
  return by_numbers < by_filters;
}

/// [filters, tap rows, vectors of a run], zeros behind each run.
void PackRunsOfFilters(const Windows& w, const FilterView& f, float* out) {
  const int64_t width = VectorsOfRun(w) * kLanes;
  for (int64_t filter = 0; filter < f.filters; ++filter)
    for (int64_t r = 0; r < w.rows.taps; ++r, out += width) {
      for (int64_t i = 0; i < width; ++i) out[i] = 0.0f;
      for (int64_t c = 0; c < w.columns.taps; ++c)
        for (int64_t n = 0; n < w.channels; ++n) out[c * w.channels + n] = f.data[r * f.row + c * f.column + n * f.channel + filter * f.filter];
    }
}

/// One filter at up to kLanes outputs, of which `count` are wanted.
static UNROLL_INLINE Floats MultiplyRuns(const Windows& w, const float* x, int64_t row_stride, const float* runs, int64_t count) {
  const int64_t vectors = VectorsOfRun(w), x_step = w.columns.stride * w.channels, rest = NumbersOfRun(w) - (vectors - 1) * kLanes;
  Ints mask;
  for (int i = 0; i < kLanes; ++i) mask[i] = i < rest ? -1 : 0;
  Floats sum[kLanes];
  const float* from[kLanes];
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; ++i) {
    sum[i] = Broadcast(0.0f);
    from[i] = x + (i < count ? i : count - 1) * x_step;
  }
  for (int64_t r = 0; r < w.rows.taps; ++r) {
    const int64_t row = r * w.rows.dilation * row_stride;
    for (int64_t v = 0; v < vectors; ++v, runs += kLanes) {
      const Floats weights = Load(runs);
      // What lies behind a run is not of this window, and might be no number.
      const Ints keep = v + 1 < vectors ? BroadcastInt(-1) : mask;
#pragma GCC unroll 16
      for (int i = 0; i < kLanes; ++i) sum[i] = MultiplyAdd(AsFloats(AsInts(Load(from[i] + row + v * kLanes)) & keep), weights, sum[i]);
    }
  }
  TransposeTile(sum);
#pragma GCC unroll 4
  for (int half = kLanes / 2; half > 0; half /= 2)
#pragma GCC unroll 8
    for (int i = 0; i < half; ++i) sum[i] += sum[i + half];
  return sum[0];
}

void SlideRuns(const Windows& w, const Area& area, const float* runs, int64_t filters, float* y, int64_t row_count, int64_t y_row,
               int64_t y_column) {
  const int64_t length = w.rows.taps * VectorsOfRun(w) * kLanes;
  for (int64_t row = 0; row < row_count; ++row)
    for (int64_t column = 0; column < w.columns.outputs; column += kLanes) {
      const int64_t left = w.columns.outputs - column, count = left < kLanes ? left : kLanes;
      const float* x = area.data + row * w.rows.stride * area.row_stride + column * w.columns.stride * w.channels;
      for (int64_t filter = 0; filter < filters; ++filter) {
        const Floats sums = MultiplyRuns(w, x, area.row_stride, runs + filter * length, count);
        float* to = y + row * y_row + column * y_column + filter;
        if (y_column == 1) {
          StoreUpTo(to, sums, count);
        } else {
          for (int64_t i = 0; i < count; ++i) to[i * y_column] = sums[i];
        }
      }
    }
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
namespace {

constexpr int64_t kMultiplicationsForAThread = 200'000;

/// Where the numbers of a window lie from its first.
void FillOffsets(const Windows& w, int64_t row_stride, int64_t* offsets) {
  for (int64_t r = 0; r < w.rows.taps; ++r)
    for (int64_t c = 0; c < w.columns.taps; ++c)
      for (int64_t n = 0; n < w.channels; ++n) *offsets++ = r * w.rows.dilation * row_stride + c * w.columns.dilation * w.channels + n;
}

/// Offsets for one distance between rows of an area at a time, which are mostly the same.
class Offsets {
 public:
  explicit Offsets(const Windows& windows) : windows_(windows) {}
  const int64_t* For(int64_t row_stride) {
    if (row_stride != row_stride_) {
      // An offset takes two numbers' place.
      offsets_ = reinterpret_cast<int64_t*>(ThreadScratch(ScratchSlot::kConvolutionOffsets, 2 * windows_.Steps()));
      FillOffsets(windows_, row_stride, offsets_);
      row_stride_ = row_stride;
    }
    return offsets_;
  }

 private:
  const Windows& windows_;
  int64_t row_stride_ = -1;
  int64_t* offsets_ = nullptr;
};

}  // namespace

void Slide(const Windows& w, const FilterView& filter, const Places& places) {
  const int64_t outputs = w.batch * w.rows.outputs * w.columns.outputs;
  if (outputs <= 0 || filter.filters <= 0) return;
  const profile::Span span("convolution", outputs, filter.filters, w.Steps());
  const bool few = UNROLL_DISPATCH(FewFiltersAreFaster)(w, filter.filters);
  constexpr int64_t kWidest = 2 * 16;
  const int64_t run = w.columns.taps * w.channels + kWidest;
  float* packed = ThreadScratch(ScratchSlot::kConvolutionFilter, few ? filter.filters * w.rows.taps * run : w.Steps() * (filter.filters + kWidest));
  few ? UNROLL_DISPATCH(PackRunsOfFilters)(w, filter, packed) : UNROLL_DISPATCH(PackPanelsOfFilters)(w, filter, packed);
  const int64_t blocks = w.Blocks(), rows_of_block = w.RowsOfBlock();
  const int64_t multiplications = std::max<int64_t>(1, outputs * filter.filters * w.Steps() / (w.batch * blocks));
  ParallelFor(w.batch * blocks, std::max<int64_t>(1, kMultiplicationsForAThread / multiplications), [&](int64_t begin, int64_t end) {
    Offsets offsets(w);
    for (int64_t unit = begin; unit < end; ++unit) {
      const int64_t image = unit / blocks, row = unit % blocks * rows_of_block, row_end = std::min(row + rows_of_block, w.rows.outputs);
      const Area area = FetchArea(w, image, row, row_end);
      float* y = places.data + image * places.image + row * places.row;
      if (few) {
        UNROLL_DISPATCH(SlideRuns)(w, area, packed, filter.filters, y, row_end - row, places.row, places.column);
      } else {
        UNROLL_DISPATCH(SlidePanels)
        (w, area, offsets.For(area.row_stride), packed, filter.filters, y, row_end - row, places.row, places.column);
      }
    }
  });
}
#endif

}  // namespace unroll
