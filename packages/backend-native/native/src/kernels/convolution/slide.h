#ifndef UNROLL_KERNELS_CONVOLUTION_SLIDE_H_
#define UNROLL_KERNELS_CONVOLUTION_SLIDE_H_

#include <cstdint>

#include "kernels/convolution/windows.h"

namespace unroll {

/// Numbers that windows are multiplied by: that of (tap row, tap column, channel, filter) is at data + the sum of index * stride.
struct FilterView {
  const float* data;
  int64_t row, column, channel, filter;
  int64_t filters;
};

/// Where results go: that of (image, row, column, filter) is at data + the sum of index * stride + filter.
struct Places {
  float* data;
  int64_t image, row, column;
};

/// The products of all windows with a filter, on all threads.
void Slide(const Windows& windows, const FilterView& filter, const Places& places);

}  // namespace unroll

#endif  // UNROLL_KERNELS_CONVOLUTION_SLIDE_H_
