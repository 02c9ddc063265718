#include "kernels/convolution/windows.h"

#include <algorithm>
#include <cstring>

namespace unroll {
namespace {

constexpr int64_t kNumbersOfArea = 1 << 16;  // a quarter of a second-level cache

SlidingAxis Rows(const ConvolutionShape& s) {
  return {s.height, s.out_height, s.kernel_height, s.stride_height, s.dilation_height, -s.pad_top};
}
SlidingAxis Columns(const ConvolutionShape& s) {
  return {s.width, s.out_width, s.kernel_width, s.stride_width, s.dilation_width, -s.pad_left};
}

}  // namespace

Windows WindowsOf(const ConvolutionShape& shape, const float* x) {
  Windows windows{x, shape.batch, shape.channels, Rows(shape), Columns(shape)};
  const SlidingAxis& columns = windows.columns;
  if (columns.size == 1 && columns.outputs == 1 && columns.taps == 1 && columns.origin == 0) std::swap(windows.rows, windows.columns);
  return windows;
}

int64_t Windows::RowsOfBlock() const {
  const int64_t numbers_of_row = columns.Reach(columns.outputs) * channels;
  const int64_t fitting = kNumbersOfArea / std::max<int64_t>(1, numbers_of_row) - rows.Reach(1);
  return std::clamp<int64_t>(fitting / rows.stride + 1, 1, std::max<int64_t>(1, rows.outputs));
}

Area FetchArea(const Windows& w, int64_t image, int64_t row, int64_t row_end) {
  const int64_t first = row * w.rows.stride + w.rows.origin, count = w.rows.Reach(row_end - row);
  const int64_t column = w.columns.origin, width = w.columns.Reach(w.columns.outputs);
  const int64_t line = w.columns.size * w.channels;
  const float* from = w.x + image * w.ImageSize();
  if (column >= 0 && column + width <= w.columns.size && first >= 0 && first + count <= w.rows.size) {
    const float* data = from + first * line + column * w.channels;
    const float* end = data + (count - 1) * line + width * w.channels;
    if (end + kSlack <= w.x + w.batch * w.ImageSize()) return {data, line};
  }
  const int64_t row_stride = width * w.channels;
  float* area = ThreadScratch(ScratchSlot::kConvolutionArea, count * row_stride + kSlack);
  const int64_t left = std::clamp<int64_t>(-column, 0, width), right = std::clamp<int64_t>(w.columns.size - column, left, width);
  for (int64_t r = 0; r < count; ++r) {
    float* to = area + r * row_stride;
    const int64_t input = first + r;
    if (input < 0 || input >= w.rows.size || right == left) {
      std::memset(to, 0, static_cast<size_t>(row_stride) * sizeof(float));
      continue;
    }
    std::memset(to, 0, static_cast<size_t>(left * w.channels) * sizeof(float));
    std::memcpy(to + left * w.channels, from + input * line + (column + left) * w.channels, static_cast<size_t>((right - left) * w.channels) * sizeof(float));
    std::memset(to + right * w.channels, 0, static_cast<size_t>((width - right) * w.channels) * sizeof(float));
  }
  std::memset(area + count * row_stride, 0, kSlack * sizeof(float));
  return {area, row_stride};
}

}  // namespace unroll
