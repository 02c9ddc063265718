#ifndef UNROLL_KERNELS_CONVOLUTION_WINDOWS_H_
#define UNROLL_KERNELS_CONVOLUTION_WINDOWS_H_

#include <cstdint>

#include "matmul/scratch.h"
#include "unroll/convolution.h"

namespace unroll {

/// One axis of an image and the windows that slide over it: that of output o sees inputs o * stride + origin + tap * dilation.
struct SlidingAxis {
  int64_t size = 0, outputs = 0, taps = 1, stride = 1, dilation = 1, origin = 0;
  /// inputs from the first to the last that `count` windows see
  int64_t Reach(int64_t count) const { return (count - 1) * stride + (taps - 1) * dilation + 1; }
};

/// Images of numbers that windows slide over.
struct Windows {
  const float* x = nullptr;
  int64_t batch = 0, channels = 0;
  SlidingAxis rows, columns;

  int64_t ImageSize() const { return rows.size * columns.size * channels; }
  /// floats of one window
  int64_t Steps() const { return rows.taps * columns.taps * channels; }
  /// so many rows of outputs are computed at a time
  int64_t RowsOfBlock() const;
  int64_t Blocks() const { return (rows.outputs + RowsOfBlock() - 1) / RowsOfBlock(); }
};

/// The windows of a convolution. An image of one column is turned on its side, since tiles lie along rows.
Windows WindowsOf(const ConvolutionShape& shape, const float* x);

/// What the windows of some rows of outputs see, padding included: input row r of the first window is at data + r * row_stride, and
/// kSlack more numbers than the windows see may be read behind it.
struct Area {
  const float* data;
  int64_t row_stride;
};
constexpr int64_t kSlack = 32;  // two vectors

/// In place, or in the calling thread's scratch until its next call.
Area FetchArea(const Windows& windows, int64_t image, int64_t row, int64_t row_end);

/// Outputs side by side, no more than a sum can run over in float32, and their gradients.
struct OutputRectangle {
  const float* x;  // the first number of the first window
  int64_t x_row, x_column;
  const float* dy;
  int64_t dy_row, dy_column;
  int64_t rows, columns;
};

}  // namespace unroll

#endif  // UNROLL_KERNELS_CONVOLUTION_WINDOWS_H_
