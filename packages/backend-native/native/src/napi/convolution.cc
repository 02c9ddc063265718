#include "unroll/convolution.h"

#include "napi/arguments.h"
#include "napi/exports.h"

namespace unroll {
namespace {

/// Whether `outputs` windows of `taps` numbers fit an axis with padding at both ends, none of them in the padding alone.
bool Fits(int64_t size, int64_t before, int64_t after, int64_t taps, int64_t stride, int64_t dilation, int64_t outputs) {
  constexpr int64_t kLargest = 1 << 20;
  if (taps < 1 || stride < 1 || dilation < 1 || stride > kLargest || dilation > kLargest) return false;
  const int64_t reach = (taps - 1) * dilation;
  if (before < 0 || after < 0 || before > reach || after > reach) return false;
  const int64_t room = size + before + after - reach - 1;
  return room >= 0 && outputs == room / stride + 1;
}

bool AreSizes(const Integers& sizes) {
  for (int i = 0; i < sizes.count; ++i)
    if (sizes[i] < 0 || sizes[i] > INT32_MAX) return false;
  return true;
}

/// xShape [batch, height, width, channels], filterShape [height, width, channels, filters], yShape [batch, height, width, filters],
/// strides and dilations [height, width], padding [top, bottom, left, right]
ConvolutionShape ReadShape(Arguments& in) {
  const Integers x = in.Dimensions("xShape"), filter = in.Dimensions("filterShape"), y = in.Dimensions("yShape");
  const Integers strides = in.Dimensions("strides"), dilations = in.Dimensions("dilations"), padding = in.Dimensions("padding");
  in.Require(x.count == 4 && AreSizes(x), "xShape", "4 sizes");
  in.Require(filter.count == 4 && AreSizes(filter) && filter[2] == x[3], "filterShape", "4 sizes, the third the channels of x");
  in.Require(strides.count == 2 && dilations.count == 2 && padding.count == 4, "padding", "2 strides, 2 dilations and 4 paddings");
  in.Require(y.count == 4 && y[0] == x[0] && y[3] == filter[3] &&
                 Fits(x[1], padding[0], padding[1], filter[0], strides[0], dilations[0], y[1]) &&
                 Fits(x[2], padding[2], padding[3], filter[1], strides[1], dilations[1], y[2]),
             "yShape", "what x, filter, strides, dilations and padding make");
  ConvolutionShape shape;
  if (!in.valid()) return shape;
  shape.batch = x[0], shape.height = x[1], shape.width = x[2], shape.channels = x[3];
  shape.kernel_height = filter[0], shape.kernel_width = filter[1], shape.filters = filter[3];
  shape.out_height = y[1], shape.out_width = y[2];
  shape.stride_height = strides[0], shape.stride_width = strides[1];
  shape.dilation_height = dilations[0], shape.dilation_width = dilations[1];
  shape.pad_top = padding[0], shape.pad_left = padding[2];
  return shape;
}

ConvolutionShape ReadUndilatedShape(Arguments& in) {
  const ConvolutionShape shape = ReadShape(in);
  in.Require(shape.dilation_height == 1 && shape.dilation_width == 1, "dilations", "1");
  return shape;
}

// convolve(xShape, filterShape, yShape, strides, dilations, padding, x, filter, y)
napi_value ConvolveCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "convolve");
  const ConvolutionShape s = ReadShape(in);
  const float* x = in.Floats("x", {s.batch, s.height, s.width, s.channels});
  const float* filter = in.Floats("filter", {s.kernel_height, s.kernel_width, s.channels, s.filters});
  float* y = in.MutableFloats("y", {s.batch, s.out_height, s.out_width, s.filters});
  if (!in.ok()) return nullptr;
  Convolve(s, x, filter, y);
  return in.Return();
}

// convolutionInputGradient(the same shapes, dy, filter, dx); dilations are 1
napi_value ConvolutionInputGradientCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "convolutionInputGradient");
  const ConvolutionShape s = ReadUndilatedShape(in);
  const float* dy = in.Floats("dy", {s.batch, s.out_height, s.out_width, s.filters});
  const float* filter = in.Floats("filter", {s.kernel_height, s.kernel_width, s.channels, s.filters});
  float* dx = in.MutableFloats("dx", {s.batch, s.height, s.width, s.channels});
  if (!in.ok()) return nullptr;
  ConvolutionInputGradient(s, dy, filter, dx);
  return in.Return();
}

// convolutionFilterGradient(the same shapes, x, dy, dfilter); dilations are 1
napi_value ConvolutionFilterGradientCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "convolutionFilterGradient");
  const ConvolutionShape s = ReadUndilatedShape(in);
  const float* x = in.Floats("x", {s.batch, s.height, s.width, s.channels});
  const float* dy = in.Floats("dy", {s.batch, s.out_height, s.out_width, s.filters});
  float* dfilter = in.MutableFloats("dfilter", {s.kernel_height, s.kernel_width, s.channels, s.filters});
  if (!in.ok()) return nullptr;
  ConvolutionFilterGradient(s, x, dy, dfilter);
  return in.Return();
}

const Exports exports({
    {"convolve", Guarded<ConvolveCall>},
    {"convolutionInputGradient", Guarded<ConvolutionInputGradientCall>},
    {"convolutionFilterGradient", Guarded<ConvolutionFilterGradientCall>},
});

}  // namespace
}  // namespace unroll
