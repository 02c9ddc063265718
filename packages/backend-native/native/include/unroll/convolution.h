#ifndef UNROLL_CONVOLUTION_H_
#define UNROLL_CONVOLUTION_H_

#include <cstdint>

namespace unroll {

// Convolutions of images and their gradients, in float32 whatever CurrentPrecision() is. All arrays are dense and row-major:
//
//   x [batch, height, width, channels], filter [kernel_height, kernel_width, channels, filters], y [batch, out_height, out_width, filters]
//
// Nothing is laid out as a matrix of windows: tiles of outputs read x in place, or a copy of the few rows that they see where these reach
// into the padding. So memory beside the arrays is that of a block of rows, whatever their size.

/// y[b, r, c, f] = sum over i, j, n of x[b, r * stride_height - pad_top + i * dilation_height, c * stride_width - pad_left + j *
/// dilation_width, n] * filter[i, j, n, f], with x = 0 outside of the image. Strides, dilations and the kernel's sizes are at least 1.
struct ConvolutionShape {
  int64_t batch = 0, height = 0, width = 0, channels = 0;
  int64_t kernel_height = 1, kernel_width = 1, filters = 0;
  int64_t out_height = 0, out_width = 0;
  int64_t stride_height = 1, stride_width = 1;
  int64_t dilation_height = 1, dilation_width = 1;
  int64_t pad_top = 0, pad_left = 0;
};

/// y may not overlap x or filter.
void Convolve(const ConvolutionShape& shape, const float* x, const float* filter, float* y);

/// dx = the gradient of sum(y * dy) by x. Without dilation. dx may not overlap dy or filter.
void ConvolutionInputGradient(const ConvolutionShape& shape, const float* dy, const float* filter, float* dx);

/// dfilter = the gradient of sum(y * dy) by filter. Without dilation. Its numbers depend on the thread count in their last bits.
void ConvolutionFilterGradient(const ConvolutionShape& shape, const float* x, const float* dy, float* dfilter);

}  // namespace unroll

#endif  // UNROLL_CONVOLUTION_H_
