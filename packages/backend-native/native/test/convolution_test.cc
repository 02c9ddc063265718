#include <algorithm>
#include <vector>

#include "check.h"
#include "unroll/configuration.h"
#include "unroll/convolution.h"

using namespace unroll;
using namespace unroll_test;

namespace {

/// Calls `body` with the places in x, filter and y of every product that makes up y.
template <typename Body>
void ForEachProduct(const ConvolutionShape& s, Body&& body) {
  for (int64_t b = 0; b < s.batch; ++b)
    for (int64_t r = 0; r < s.out_height; ++r)
      for (int64_t c = 0; c < s.out_width; ++c)
        for (int64_t i = 0; i < s.kernel_height; ++i)
          for (int64_t j = 0; j < s.kernel_width; ++j) {
            const int64_t row = r * s.stride_height - s.pad_top + i * s.dilation_height, column = c * s.stride_width - s.pad_left + j * s.dilation_width;
            if (row < 0 || row >= s.height || column < 0 || column >= s.width) continue;
            for (int64_t n = 0; n < s.channels; ++n)
              for (int64_t f = 0; f < s.filters; ++f)
                body(((b * s.height + row) * s.width + column) * s.channels + n, ((i * s.kernel_width + j) * s.channels + n) * s.filters + f,
                     ((b * s.out_height + r) * s.out_width + c) * s.filters + f);
          }
}

void TestShape(const ConvolutionShape& s, Random& random) {
  const int64_t x_size = s.batch * s.height * s.width * s.channels, y_size = s.batch * s.out_height * s.out_width * s.filters;
  const int64_t filter_size = s.kernel_height * s.kernel_width * s.channels * s.filters;
  const std::vector<float> x = random.Floats(x_size), filter = random.Floats(filter_size), dy = random.Floats(y_size);
  std::vector<double> y(static_cast<size_t>(y_size)), dx(static_cast<size_t>(x_size)), dfilter(static_cast<size_t>(filter_size));
  ForEachProduct(s, [&](int64_t at_x, int64_t at_filter, int64_t at_y) {
    const auto i = static_cast<size_t>(at_x), j = static_cast<size_t>(at_filter), k = static_cast<size_t>(at_y);
    y[k] += static_cast<double>(x[i]) * filter[j];
    dx[i] += static_cast<double>(dy[k]) * filter[j];
    dfilter[j] += static_cast<double>(x[i]) * dy[k];
  });
  char name[200];
  std::snprintf(name, sizeof name, "[%d, %d, %d, %d] by [%d, %d, %d], stride %d %d, dilation %d %d, padding %d %d", static_cast<int>(s.batch),
                static_cast<int>(s.height), static_cast<int>(s.width), static_cast<int>(s.channels), static_cast<int>(s.kernel_height),
                static_cast<int>(s.kernel_width), static_cast<int>(s.filters), static_cast<int>(s.stride_height), static_cast<int>(s.stride_width),
                static_cast<int>(s.dilation_height), static_cast<int>(s.dilation_width), static_cast<int>(s.pad_top), static_cast<int>(s.pad_left));
  Guarded got_y(y_size), got_dx(x_size), got_dfilter(filter_size);
  Convolve(s, x.data(), filter.data(), got_y.data());
  CheckClose(got_y, y, 1e-5, 2e-6 * std::sqrt(static_cast<double>(s.kernel_height * s.kernel_width * s.channels)), std::string("y of ") + name);
  if (s.dilation_height > 1 || s.dilation_width > 1) return;
  ConvolutionFilterGradient(s, x.data(), dy.data(), got_dfilter.data());
  CheckClose(got_dfilter, dfilter, 1e-5, 2e-6 * std::sqrt(static_cast<double>(y_size)), std::string("dfilter of ") + name);
  ConvolutionInputGradient(s, dy.data(), filter.data(), got_dx.data());
  CheckClose(got_dx, dx, 1e-5, 2e-6 * std::sqrt(static_cast<double>(s.kernel_height * s.kernel_width * s.filters)), std::string("dx of ") + name);
}

int64_t Outputs(int64_t size, int64_t before, int64_t after, int64_t taps, int64_t stride, int64_t dilation) {
  return (size + before + after - (taps - 1) * dilation - 1) / stride + 1;
}

ConvolutionShape RandomShape(Random& random) {
  ConvolutionShape s;
  s.batch = random.Between(1, 3), s.channels = random.Between(1, random.Between(1, 20)), s.filters = random.Between(1, random.Between(1, 70));
  s.kernel_height = random.Between(1, 5), s.kernel_width = random.Between(1, random.Between(1, 7));
  s.stride_height = random.Between(1, 3), s.stride_width = random.Between(1, 3);
  const bool dilated = random.Between(0, 4) == 0;
  s.dilation_height = dilated ? random.Between(1, 3) : 1, s.dilation_width = dilated ? random.Between(1, 3) : 1;
  const int64_t rows = (s.kernel_height - 1) * s.dilation_height, columns = (s.kernel_width - 1) * s.dilation_width;
  s.pad_top = random.Between(0, rows), s.pad_left = random.Between(0, columns);
  const int64_t bottom = random.Between(0, rows), right = random.Between(0, columns);
  s.height = std::max<int64_t>(random.Between(1, 30), rows + 1 - s.pad_top - bottom);
  s.width = std::max<int64_t>(random.Between(1, random.Between(1, 40)), columns + 1 - s.pad_left - right);
  s.out_height = Outputs(s.height, s.pad_top, bottom, s.kernel_height, s.stride_height, s.dilation_height);
  s.out_width = Outputs(s.width, s.pad_left, right, s.kernel_width, s.stride_width, s.dilation_width);
  return s;
}

ConvolutionShape Same(int64_t batch, int64_t height, int64_t width, int64_t channels, int64_t kernel_height, int64_t kernel_width, int64_t filters) {
  ConvolutionShape s;
  s.batch = batch, s.height = s.out_height = height, s.width = s.out_width = width, s.channels = channels, s.filters = filters;
  s.kernel_height = kernel_height, s.kernel_width = kernel_width, s.pad_top = (kernel_height - 1) / 2, s.pad_left = (kernel_width - 1) / 2;
  return s;
}

}  // namespace

int main() {
  ForEachTarget([] {
    for (int threads : {1, 2, 3}) {
      Configure(threads, Precision::kFloat32);
      Random random(static_cast<uint64_t>(20 + threads));
      for (int i = 0; i < 150; ++i) TestShape(RandomShape(random), random);
      TestShape(Same(3, 98, 80, 1, 5, 1, 10), random);
      TestShape(Same(3, 98, 80, 10, 5, 1, 1), random);
      TestShape(Same(2, 90, 1, 12, 5, 1, 40), random);    // turned on its side
      TestShape(Same(2, 1, 1500, 24, 1, 5, 33), random);  // a row that is cut into sums
      TestShape(Same(2, 40, 700, 3, 3, 3, 7), random);    // several blocks
    }
  });
  return Report("convolution_test");
}
