#include <cstring>
#include <vector>

#include "parallel/thread_pool.h"
#include "unroll/movement.h"
#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/sum_rows_by_index.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"

namespace unroll {
namespace UNROLL_TARGET {

/// sum [columns] = values[positions[0]] + values[positions[1]] + ..., four vectors of columns at a time.
void SumRowsAt(const float* values, const int32_t* positions, int64_t count, int64_t columns, float* sum) {
  for (int64_t c = 0; c < columns; c += 4 * kLanes) {
    Floats part[4] = {};
    for (int64_t i = 0; i < count; ++i) {
      const float* row = values + positions[i] * columns + c;
      for (int v = 0; v < 4; ++v)
        if (c + v * kLanes < columns) part[v] += LoadUpTo(row + v * kLanes, columns - c - v * kLanes);
    }
    for (int v = 0; v < 4; ++v)
      if (c + v * kLanes < columns) StoreUpTo(sum + c + v * kLanes, part[v], columns - c - v * kLanes);
  }
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
namespace {

/// 0 ... count - 1 in the order of their keys, equal keys in theirs: counted by 11 bits at a time, the lowest first.
std::vector<int32_t> Sorted(const int32_t* keys, int64_t count) {
  constexpr int kBits = 11, kDigits = 1 << kBits;
  std::vector<int32_t> order(static_cast<size_t>(count)), next(order.size());
  int32_t every_bit = 0;
  for (int64_t i = 0; i < count; ++i) order[i] = static_cast<int32_t>(i), every_bit |= keys[i];
  for (int shift = 0; shift < 31 && every_bit >> shift != 0; shift += kBits) {
    int32_t begin[kDigits + 1] = {};
    for (int64_t i = 0; i < count; ++i) ++begin[(keys[i] >> shift & (kDigits - 1)) + 1];
    for (int digit = 0; digit < kDigits; ++digit) begin[digit + 1] += begin[digit];
    for (int32_t i : order) next[begin[keys[i] >> shift & (kDigits - 1)]++] = i;
    order.swap(next);
  }
  return order;
}

}  // namespace

Status SumRowsByIndex(const int32_t* indices, const float* values, int64_t count, int64_t columns, int32_t* rows, float* sums,
                      int64_t* row_count) {
  for (int64_t i = 0; i < count; ++i)
    if (indices[i] < 0)
      return Status::Invalid("unroll: SumRowsByIndex: indices[%lld] must not be negative, got %d", static_cast<long long>(i), indices[i]);
  const std::vector<int32_t> order = Sorted(indices, count);
  std::vector<int64_t> begins;  // of each row in `order`
  for (int64_t i = 0; i < count; ++i) {
    if (i > 0 && indices[order[i]] == indices[order[i - 1]]) continue;
    rows[begins.size()] = indices[order[i]];
    begins.push_back(i);
  }
  *row_count = static_cast<int64_t>(begins.size());
  begins.push_back(count);
  ParallelFor(*row_count, (1 << 15) / (columns + 1) + 1, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r)
      UNROLL_DISPATCH(SumRowsAt)(values, order.data() + begins[r], begins[r + 1] - begins[r], columns, sums + r * columns);
  });
  return Status::Ok();
}
#endif

}  // namespace unroll
