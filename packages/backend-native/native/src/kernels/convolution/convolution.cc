#include "unroll/convolution.h"

#include <algorithm>
#include <cstring>

#include "kernels/convolution/slide.h"

namespace unroll {
namespace {

/// The outputs whose windows reach a phase of inputs, those u = residue (mod stride) counted from the padding's begin: a convolution of
/// dy with every stride-th tap, from the last to the first.
struct Phase {
  int64_t first;  // input
  SlidingAxis axis;
};

Phase PhaseOf(int64_t residue, int64_t size, int64_t outputs, int64_t taps, int64_t stride, int64_t pad) {
  const int64_t first = ((residue - pad) % stride + stride) % stride;
  Phase phase{first, {}};
  phase.axis.size = outputs;
  phase.axis.outputs = first < size ? (size - first + stride - 1) / stride : 0;
  phase.axis.taps = residue < taps ? (taps - residue + stride - 1) / stride : 0;
  phase.axis.origin = (first + pad - residue) / stride - (phase.axis.taps - 1);
  return phase;
}

}  // namespace

void Convolve(const ConvolutionShape& s, const float* x, const float* filter, float* y) {
  const Windows windows = WindowsOf(s, x);
  const int64_t tap = s.channels * s.filters, row = windows.columns.outputs * s.filters;
  // Turned on its side an image has one row of taps, which lie as the column of the filter does.
  const FilterView view{filter, windows.columns.taps * tap, tap, s.filters, 1, s.filters};
  Slide(windows, view, Places{y, s.out_height * s.out_width * s.filters, row, s.filters});
}

void ConvolutionInputGradient(const ConvolutionShape& s, const float* dy, const float* filter, float* dx) {
  const int64_t image = s.height * s.width * s.channels, tap = s.channels * s.filters, row_of_taps = s.kernel_width * tap;
  if (s.stride_height > s.kernel_height || s.stride_width > s.kernel_width || s.filters == 0 || s.out_height * s.out_width == 0)
    std::memset(dx, 0, static_cast<size_t>(s.batch * image) * sizeof(float));
  if (s.filters == 0 || s.out_height * s.out_width == 0) return;
  for (int64_t r = 0; r < s.stride_height; ++r)
    for (int64_t c = 0; c < s.stride_width; ++c) {
      const Phase rows = PhaseOf(r, s.height, s.out_height, s.kernel_height, s.stride_height, s.pad_top);
      const Phase columns = PhaseOf(c, s.width, s.out_width, s.kernel_width, s.stride_width, s.pad_left);
      if (rows.axis.taps == 0 || columns.axis.taps == 0) continue;
      const int64_t last_row = r + (rows.axis.taps - 1) * s.stride_height, last_column = c + (columns.axis.taps - 1) * s.stride_width;
      Windows windows{dy, s.batch, s.filters, rows.axis, columns.axis};
      FilterView view{filter + last_row * row_of_taps + last_column * tap, -s.stride_height * row_of_taps, -s.stride_width * tap, 1, s.filters, s.channels};
      Places places{dx + (rows.first * s.width + columns.first) * s.channels, image, s.stride_height * s.width * s.channels, s.stride_width * s.channels};
      if (s.width == 1 && s.out_width == 1 && columns.axis.taps == 1) {
        std::swap(windows.rows, windows.columns);
        std::swap(view.row, view.column);
        std::swap(places.row, places.column);
      }
      Slide(windows, view, places);
    }
}

}  // namespace unroll
