#include <cstring>

#include "parallel/thread_pool.h"
#include "unroll/movement.h"
#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/segment_sum.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"

namespace unroll {
namespace UNROLL_TARGET {

void AddRow(const float* x, float* y, int64_t width) {
  for (int64_t i = 0; i < width; i += kLanes)
    StoreUpTo(y + i, LoadUpTo(y + i, width - i) + LoadUpTo(x + i, width - i), width - i);
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
// Every thread owns a range of segments and looks for their rows: no two threads write one row, and the order of the
// additions does not depend on the threads.
void SegmentSum(const float* x, const int32_t* segments, int64_t rows, int64_t width, int64_t segment_count, float* y) {
  if (width == 0) return;
  const int64_t grain = (1 << 15) / (width + 1) + 1;
  ParallelFor(segment_count, grain, [&](int64_t begin, int64_t end) {
    std::memset(y + begin * width, 0, static_cast<size_t>((end - begin) * width) * sizeof(float));
    for (int64_t row = 0; row < rows; ++row)
      if (segments[row] >= begin && segments[row] < end)
        UNROLL_DISPATCH(AddRow)(x + row * width, y + segments[row] * width, width);
  });
}
#endif

}  // namespace unroll
