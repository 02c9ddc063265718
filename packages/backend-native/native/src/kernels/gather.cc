#include <cstring>

#include "parallel/thread_pool.h"
#include "unroll/movement.h"

namespace unroll {

Status Gather(const char* x, const int32_t* indices, const GatherShape& shape, char* y) {
  for (int64_t i = 0; i < shape.batch * shape.count; ++i)
    if (indices[i] < 0 || indices[i] >= shape.size)
      return Status::Invalid("unroll: GatherV2: the index value %d is not in [0, %lld]", indices[i],
                             static_cast<long long>(shape.size - 1));
  if (shape.width_bytes == 0) return Status::Ok();
  const int64_t rows = shape.batch * shape.outer * shape.count;
  // Copying is quick: below some hundred kilobytes a second thread costs more than it does.
  const int64_t grain = (1 << 18) / (shape.width_bytes + 1) + 1;
  ParallelFor(rows, grain, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const int64_t i = row % shape.count, block = row / shape.count;  // block = batch and outer
      const int64_t index = indices[block / shape.outer * shape.count + i];
      std::memcpy(y + row * shape.width_bytes, x + (block * shape.size + index) * shape.width_bytes,
                  static_cast<size_t>(shape.width_bytes));
    }
  });
  return Status::Ok();
}

}  // namespace unroll
